//! The worker's side of a line whose calls run one by one.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::intake::Grant;
use super::line::BLOCK;
use super::watch::{Look, NAP};
use super::{Stage, State};
use crate::sync::MutexGuard;
use crate::task::entry::Entry;

/// The most calls that one worker takes in one go: enough that the line's lock is seldom contended.
/// (What they cost bounds it, too.)
const MOST: usize = BLOCK;

/// What a cheap call takes at most, in nanoseconds.
pub(super) const CHEAP: u64 = 200;

/// A worker measures what it has taken so many times at first, later one in 8 times.
const LEARN: u32 = 16;

/// A worker's place at a stage, from its arrival until it leaves.
pub(in crate::task) struct Seat {
    id: usize,
    /// Without one (a thread that stands in for a deeply nested worker) it takes one by one.
    hand: Option<usize>,
    /// It has lingered since it last found something.
    lingered: bool,
    /// It sleeps as the watcher.
    pub(super) watching: bool,
    /// For how long at a time.
    pub(super) nap: Duration,
    /// Calls that it has run since it last took some.
    ran: u64,
    /// The same of what it took last.
    ran_last: u64,
    /// It has paused since it last found something.
    paused: bool,
    /// How often it has taken some.
    takes: u32,
    /// Calls are known to take less than the line's lock.
    is_cheap: bool,
    /// It has told a blocked caller that there is room.
    has_told: bool,
    /// What the calls that it has run took, where it was measured.
    measured: Option<Duration>,
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

    /// Whether to measure what the calls take that it has just taken.
    pub(in crate::task) fn measures(&self) -> bool {
        self.takes < LEARN || self.takes.is_multiple_of(8)
    }

    /// What they took.
    pub(in crate::task) fn measured(&mut self, time: Duration) {
        self.measured = Some(time);
    }

    /// Whether a caller that was blocked is about to wake up.
    pub(in crate::task) fn has_told_caller(&mut self) -> bool {
        std::mem::take(&mut self.has_told)
    }

    /// How long a watcher sleeps.
    pub(in crate::task) fn nap(&self) -> Duration {
        self.nap
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
    /// It has run cheap calls faster than they come, and nobody minds if the next starts a
    /// microsecond later. Look at [`Stage::is_laden`] meanwhile, and take again: what came is then
    /// worth the transfer.
    Pause,
    /// Look at [`Stage::is_poked`] for a while, then take again.
    Linger,
    /// Sleep for [`Seat::nap`], then take again.
    Watch,
    /// The worker has left.
    Leave,
}

impl<E> State<E> {
    /// The worker is back for more.
    pub(super) fn learn_from(&mut self, seat: &mut Seat) {
        if seat.ran > 0 {
            let ran = std::mem::take(&mut seat.ran);
            seat.ran_last = ran;
            if let Some(time) = seat.measured.take() {
                self.learn(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX) / ran);
            }
        }
    }
}

impl<E: Entry> Stage<E> {
    /// A thread that was called is here.
    pub(in crate::task) fn arrive(&self) -> Seat {
        let mut state = self.lock();
        state.called = false;
        state.seats += 1;
        Seat {
            id: state.seats,
            hand: state.free_hands.pop(),
            lingered: false,
            watching: false,
            nap: NAP,
            ran: 0,
            ran_last: 0,
            paused: false,
            takes: 0,
            is_cheap: false,
            has_told: false,
            measured: None,
        }
    }

    /// The next call, when the seat's hand is empty. `leaving` is called, under the lock, when the
    /// worker leaves: before anybody could be called in its place.
    pub(in crate::task) fn take(&self, seat: &mut Seat, leaving: impl FnOnce()) -> Take<E> {
        let mut state = self.lock();
        state.learn_from(seat);
        if let Some(hand) = seat.hand
            && state.handed > 0
        {
            state.handed -= self.hands[hand].settle();
        }
        if seat.watching {
            self.gather(&mut state);
        } else {
            self.fetch(&mut state);
        }
        let mut wanted = false;
        let mut rescues = false;
        if seat.watching {
            match self.look(&mut state, seat) {
                Look::Work => wanted = true,
                Look::Rescue => (wanted, rescues) = (true, true),
                Look::Decide => {}
                Look::Again => return Take::Watch,
                Look::Leave if self.revoke(&mut state) => {}
                Look::Leave => {
                    leaving();
                    self.leave(state, seat);
                    return Take::Leave;
                }
            }
        }
        if seat.lingered && state.lingering == Some(seat.id) {
            state.lingering = None;
        } else if seat.lingered && self.poked.swap(false, Ordering::Relaxed) {
            state.called = false;
        }
        if state.crew > self.workers + state.deep {
            // It stood in for a worker that is back.
            if self.tighten(&mut state) {
                self.rouse(&mut state);
            }
            leaving();
            self.leave(state, seat);
            return Take::Leave;
        }
        if !wanted && self.watches(&mut state, seat) {
            return Take::Watch;
        }
        let mut some = self.take_some(&mut state, seat, rescues);
        if some.is_none() && self.pauses(&state, seat) {
            seat.paused = true;
            return Take::Pause;
        }
        if some.is_none() && (self.gather(&mut state) || !self.lingers(&mut state, seat)) {
            some = self.take_from_line(&mut state, seat);
        }
        if let Some((entry, call)) = some {
            let missed = self.tighten(&mut state) && !self.is_watched(&state);
            return Take::Run { entry, call: call || missed && self.rouse(&mut state) };
        }
        if state.lingering == Some(seat.id) {
            return Take::Linger;
        }
        leaving();
        self.leave(state, seat);
        Take::Leave
    }

    /// The line is empty: the worker lingers if that is of use, else it is about to leave. False
    /// when calls have entered meanwhile.
    fn lingers(&self, state: &mut State<E>, seat: &mut Seat) -> bool {
        if seat.lingered || state.lingering.is_some() || state.closed || state.drains > 0 {
            return !self.revoke(state);
        }
        // Callers that have credit need not poke it: it looks for what has entered itself.
        state.lingering = Some(seat.id);
        seat.lingered = true;
        if state.grant == Grant::Nothing {
            self.open(state);
        }
        true
    }

    fn pauses(&self, state: &State<E>, seat: &Seat) -> bool {
        let in_a_hurry = state.grant == Grant::Nothing || state.drains > 0 || state.called;
        seat.is_cheap && !seat.paused && seat.ran_last >= E::ENOUGH && !in_a_hurry
    }

    /// A call to run, and whether to call a thread.
    fn take_some(
        &self,
        state: &mut State<E>,
        seat: &mut Seat,
        from_hands_first: bool,
    ) -> Option<(E, bool)> {
        if from_hands_first && let Some(run) = self.take_from_hands(state, seat) {
            return Some(run);
        }
        self.take_from_line(state, seat).or_else(|| self.take_from_hands(state, seat))
    }

    fn take_from_line(&self, state: &mut State<E>, seat: &mut Seat) -> Option<(E, bool)> {
        let entry = state.line.pop_front()?;
        entry.prepare();
        state.first += 1;
        state.blocks += 1;
        seat.has_told |= self.tell_blocked(1);
        let left = state.line.len();
        seat.takes = seat.takes.wrapping_add(1);
        seat.is_cheap = (1..CHEAP).contains(&state.cost);
        seat.lingered = false;
        seat.paused = false;
        if left == 0 {
            return Some((entry, self.rouse_for_hands(state)));
        }
        // From here on all workers are at work, or one is on its way, or one watches: what goes
        // into the hand will be found.
        let watched = self.is_watched(state);
        let call = !watched && self.rouse(state);
        let share = match self.workers {
            1 => left.min(MOST),
            _ if watched => left.min(state.budget(MOST)),
            _ => (left / (2 * state.crew))
                .max(state.too_little_to_share(left))
                .min(state.budget(MOST)),
        };
        if let Some(hand) = seat.hand
            && share > 0
        {
            let share = self.hands[hand].fill(&mut state.line, state.first, share);
            state.first += share as u64;
            state.handed += share;
        }
        Some((entry, call))
    }

    /// Half of what another worker has not started.
    fn take_from_hands(&self, state: &mut State<E>, seat: &mut Seat) -> Option<(E, bool)> {
        if state.handed == 0 {
            return None;
        }
        let most = if seat.hand.is_some() { MOST } else { 1 };
        let mut loot = state.line.empty_block();
        let place = self.hands.iter().find_map(|hand| hand.steal(&mut loot, most));
        state.handed -= loot.len();
        let stolen = place.and_then(|place| Some((place, loot.pop_front()?)));
        let Some((place, entry)) = stolen else {
            state.line.keep(loot);
            return None;
        };
        seat.lingered = false;
        seat.paused = false;
        state.handed += loot.len();
        state.blocks += 1;
        let empty = match seat.hand {
            Some(hand) => self.hands[hand].put(loot, place + 1),
            None => loot,
        };
        state.line.keep(empty);
        seat.has_told |= self.tell_blocked(1);
        Some((entry, self.rouse_for_hands(state)))
    }

    /// The line is empty, but as long as there are calls in hands, somebody is to be on the way.
    fn rouse_for_hands(&self, state: &mut State<E>) -> bool {
        let all_here = state.crew >= self.workers + state.deep || state.watcher.is_some();
        !state.called && !all_here && self.count_handed(state) > 0 && self.rouse(state)
    }

    /// The next call in the seat's hand.
    #[inline]
    pub(in crate::task) fn next(&self, seat: &mut Seat) -> Option<E> {
        let entry = self.hands[seat.hand?].pop()?;
        if self.blocked.load(Ordering::Relaxed) > 0 {
            let _state = self.lock();
            seat.has_told |= self.tell_blocked(1);
        }
        Some(entry)
    }

    /// Whether the lingering worker is to take again.
    pub(in crate::task) fn is_poked(&self) -> bool {
        self.has_some() || self.poked.load(Ordering::Relaxed)
    }

    pub(super) fn leave(&self, mut state: MutexGuard<'_, State<E>>, seat: &Seat) {
        state.free_hands.extend(seat.hand);
        state.crew -= 1;
        self.outside(&mut state);
    }
}
