//! The worker's side of a line whose calls run one by one.

use std::sync::atomic::Ordering;

use super::{KEEP, Stage, State};
use crate::sync::MutexGuard;
use crate::task::entry::Entry;

/// The most calls that one worker takes in one go. Large enough that the line's lock is seldom
/// contended (once per 64 bodies), small enough to be handed back within microseconds.
const MOST: usize = 64;

/// A worker's place at a stage, from its arrival until it leaves.
pub(in crate::task) struct Seat {
    id: usize,
    /// Without one (a thread that stands in for a deeply nested worker) it takes one by one.
    hand: Option<usize>,
    /// It has lingered since it last found something.
    lingered: bool,
    /// Calls that it has run since it last took some.
    ran: u64,
}

impl Seat {
    /// A call has run.
    pub(in crate::task) fn ran(&mut self) {
        self.ran += 1;
    }

    /// How many have, since it last took some.
    pub(in crate::task) fn has_run(&self) -> u64 {
        self.ran
    }

    /// Tells seats of one stage apart.
    pub(super) fn id(&self) -> usize {
        self.id
    }
}

/// What a worker is to do.
pub(in crate::task) enum Take<E> {
    /// Run this, then what [`Stage::next`] gives. With `call`, call a thread first.
    Run { entry: E, call: bool },
    /// Look at [`Stage::is_poked`] for a while, then take again.
    Linger,
    /// The worker has left.
    Leave,
}

impl<E> State<E> {
    /// The worker is back for more.
    pub(super) fn count_ran(&mut self, seat: &mut Seat) {
        if seat.ran > 0 {
            self.blocks += 1;
            self.ran += std::mem::take(&mut seat.ran);
        }
    }
}

impl<E: Entry> Stage<E> {
    /// A thread that was called is here.
    pub(in crate::task) fn arrive(&self) -> Seat {
        let mut state = self.lock();
        state.called = false;
        state.seats += 1;
        Seat { id: state.seats, hand: state.free_hands.pop(), lingered: false, ran: 0 }
    }

    /// The next call, when the seat's hand is empty. `leaving` is called, under the lock, when the
    /// worker leaves: before anybody could be called in its place.
    pub(in crate::task) fn take(&self, seat: &mut Seat, leaving: impl FnOnce()) -> Take<E> {
        let mut state = self.lock();
        state.count_ran(seat);
        if seat.lingered && state.lingering == Some(seat.id) {
            state.lingering = None;
        } else if seat.lingered && self.poked.swap(false, Ordering::Relaxed) {
            state.called = false;
        }
        if state.crew > self.workers + state.deep {
            // It stood in for a worker that is back.
            leaving();
            self.leave(state, seat);
            return Take::Leave;
        }
        if let Some(run) = self.take_from_line(&mut state, seat) {
            return run;
        }
        if let Some(run) = self.take_from_hands(&mut state, seat) {
            return run;
        }
        if seat.lingered || state.lingering.is_some() || state.closed || state.drains > 0 {
            leaving();
            self.leave(state, seat);
            return Take::Leave;
        }
        seat.lingered = true;
        state.lingering = Some(seat.id);
        Take::Linger
    }

    fn take_from_line(&self, state: &mut State<E>, seat: &mut Seat) -> Option<Take<E>> {
        let entry = state.line.pop_front()?;
        state.first += 1;
        seat.lingered = false;
        self.make_room(state, 1);
        let left = state.line.len();
        if left == 0 {
            return Some(Take::Run { entry, call: self.rouse_for_hands(state) });
        }
        // From here on all workers are at work, or one is on its way: what goes into the hand
        // will be found.
        let call = self.rouse(state);
        let share = (left / (2 * state.crew)).min(MOST);
        if let Some(hand) = seat.hand
            && share > 0
        {
            self.hands[hand].fill(&mut state.line, state.first, share);
            state.first += share as u64;
            state.handed += share;
        }
        Some(Take::Run { entry, call })
    }

    /// Half of what another worker has not started.
    fn take_from_hands(&self, state: &mut State<E>, seat: &mut Seat) -> Option<Take<E>> {
        let most = if seat.hand.is_some() { MOST } else { 1 };
        let place = self.hands.iter().find_map(|hand| hand.steal(&mut state.line, most))?;
        let entry = state.line.pop_front()?;
        seat.lingered = false;
        let count = state.line.len();
        if let Some(hand) = seat.hand {
            self.hands[hand].fill(&mut state.line, place + 1, count);
        }
        self.make_room(state, 1);
        Some(Take::Run { entry, call: self.rouse_for_hands(state) })
    }

    /// The line is empty, but as long as there are calls in hands, somebody is to be on the way.
    fn rouse_for_hands(&self, state: &mut State<E>) -> bool {
        let all_here = state.crew >= self.workers + state.deep;
        !state.called && !all_here && self.count_handed(state) > 0 && self.rouse(state)
    }

    /// `started` calls do not wait any more.
    pub(super) fn make_room(&self, state: &mut State<E>, started: usize) {
        self.tell_blocked(started);
        if state.line.is_empty() && state.line.capacity() > KEEP {
            state.line.shrink_to(KEEP / 2);
        }
    }

    /// The next call in the seat's hand.
    pub(in crate::task) fn next(&self, seat: &Seat) -> Option<E> {
        let entry = self.hands[seat.hand?].pop()?;
        if self.blocked.load(Ordering::Relaxed) > 0 {
            let _state = self.lock();
            self.tell_blocked(1);
        }
        Some(entry)
    }

    /// Whether the lingering worker is to take again.
    pub(in crate::task) fn is_poked(&self) -> bool {
        self.poked.load(Ordering::Relaxed)
    }

    pub(super) fn leave(&self, mut state: MutexGuard<'_, State<E>>, seat: &Seat) {
        state.free_hands.extend(seat.hand);
        state.crew -= 1;
        self.outside(&mut state);
    }
}
