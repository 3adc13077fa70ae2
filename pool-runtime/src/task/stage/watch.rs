//! When another worker is worth waking, and the one that only watches meanwhile.
//!
//! Calls that take some hundred nanoseconds are run faster by one worker that is at it than by
//! another that has to be woken first: the wake-up costs the caller more than the calls do, and on
//! a small machine the second worker takes the processor from the caller. So the stage learns what
//! a call costs (`cost`, a moving average of what workers measure), and as long as the line holds
//! less than [`WORTH`] of work, nobody else is woken.
//!
//! A cost that was learned is no promise: the next call may block for a second. So there is always
//! a **watcher** then, a worker that sleeps for [`NAP`] at a time and looks whether the others
//! still come for more. (Longer, once they have.) If they do not, while calls wait, calls are not cheap any more: it takes
//! what waits (out of a hand, if need be) and has the next thread called. So a call waits at most
//! one nap longer behind one that blocks. When nothing has entered during a nap, it leaves.
//!
//! The watcher is in the crew, but it has no permit and an empty hand, and is not `inside`.

use std::mem;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::single::CHEAP;
use super::{Seat, Stage, State};
use crate::cores::cores;
use crate::sync::{Thread, current};
use crate::task::entry::Entry;

/// How much work in line is worth a wake-up, in nanoseconds.
const WORTH: u64 = 20_000;

/// How long a caller waits in front of a full queue between two looks, at most, in nanoseconds.
const PATIENCE: u64 = 5_000;

/// Loom knows of no processors.
const MODEL: bool = cfg!(all(loom, test));

/// How long the watcher sleeps at first: a few times what waking it costs.
pub(super) const NAP: Duration = Duration::from_micros(100);

/// How long at most. Each nap during which the others have got on lets the next be twice as long:
/// where there are as many processors as there are threads at work, a glance takes one from them.
const LONG_NAP: Duration = Duration::from_micros(400);

/// Who watches, and what it saw when it began.
pub(super) struct Watcher {
    seat: usize,
    thread: Thread,
    entered: u64,
    blocks: u64,
    /// The oldest call in a hand.
    oldest: Option<u64>,
}

impl<E> State<E> {
    /// A worker has measured that a call takes `ns`.
    pub(super) fn learn(&mut self, ns: u64) {
        self.cost = if self.cost == 0 { ns } else { (3 * self.cost + ns) / 4 }.max(1);
    }

    /// How many calls a worker may take in one go, besides the one that it runs at once.
    pub(super) fn budget(&self, most: usize) -> usize {
        match self.cost {
            0 => most / 4,
            cost => usize::try_from(WORTH / cost).unwrap_or(most).min(most),
        }
    }

    /// Of `left` calls, those that one worker has run before another could have come for its share.
    pub(super) fn too_little_to_share(&self, left: usize) -> usize {
        match self.cost {
            0 => 0,
            cost => usize::try_from(WORTH / 4 / cost).unwrap_or(left).min(left),
        }
    }

    /// Wakes the watcher, if there is one: it is on its way then.
    pub(super) fn call_watcher(&mut self) -> bool {
        let Some(watcher) = self.watcher.take() else { return false };
        self.called = true;
        watcher.thread.unpark();
        true
    }
}

impl<E: Entry> Stage<E> {
    /// How many calls in line are not worth a wake-up. None, where what they cost is not known.
    ///
    /// When the queue is half full, they are: callers would have to wait, or lose their calls,
    /// while a worker sleeps. Not so where that worker would take the processor from a caller or
    /// from one that runs calls already.
    fn little(&self, state: &State<E>) -> usize {
        match state.cost {
            0 => 0,
            cost if cost < CHEAP && self.is_crowded(state) => usize::MAX,
            cost if cost < WORTH => {
                let worth = usize::try_from((WORTH - 1) / cost).unwrap_or(usize::MAX);
                worth.saturating_add(1).min(self.limit.div_ceil(2))
            }
            _ => 0,
        }
    }

    /// Whether the workers that run and one caller have all processors.
    fn is_crowded(&self, state: &State<E>) -> bool {
        !MODEL && state.running + 1 >= cores() && self.blocked.load(Ordering::Relaxed) == 0
    }

    fn is_little(&self, state: &State<E>) -> bool {
        state.line.len() < self.little(state)
    }

    /// How many more calls are little.
    pub(super) fn little_left(&self, state: &State<E>) -> usize {
        self.little(state).saturating_sub(state.line.len())
    }

    /// How long until there is room for some of those whom a full queue keeps out: a quarter of it,
    /// if that is a matter of microseconds.
    pub(in crate::task) fn time_for_room(&self) -> Duration {
        let cost = self.lock().cost;
        let quarter = cost.saturating_mul(self.limit.div_ceil(4) as u64);
        Duration::from_nanos(quarter.min(PATIENCE))
    }

    /// Whether a worker is at it and another watches, so that nobody has to be woken.
    pub(super) fn is_watched(&self, state: &State<E>) -> bool {
        state.watcher.is_some()
            && state.lingering.is_none()
            && state.running > 0
            && self.is_little(state)
    }

    /// Whether the worker at `seat`, which holds a permit and has an empty hand, is better off
    /// watching. Then it does from here on.
    pub(super) fn watches(&self, state: &mut State<E>, seat: &mut Seat) -> bool {
        let others_run = state.running >= 2;
        let busy = state.called || state.drains > 0 || state.closed;
        if state.watcher.is_some() || !others_run || busy || !self.is_little(state) {
            return false;
        }
        self.watch(state, seat);
        true
    }

    fn watch(&self, state: &mut State<E>, seat: &mut Seat) {
        state.watcher = Some(Watcher {
            seat: seat.id(),
            thread: current(),
            entered: state.entered,
            blocks: state.blocks,
            oldest: self.oldest_handed(state),
        });
        seat.watching = true;
        self.outside(state);
    }

    /// The watcher has slept, or was called.
    pub(super) fn look(&self, state: &mut State<E>, seat: &mut Seat) -> Look {
        seat.watching = false;
        let since = state.watcher.take_if(|watcher| watcher.seat == seat.id());
        let nap = mem::replace(&mut seat.nap, NAP);
        if since.is_none() {
            // It was called.
            state.called = false;
        }
        state.inside += 1;
        state.running += 1;
        if state.running > self.workers {
            // A guest has the permit, for one call.
            self.watch(state, seat);
            return Look::Again;
        }
        let Some(since) = since else { return Look::Work };
        let waits = !state.line.is_empty() || self.count_handed(state) > 0;
        let is_stuck = since.oldest.is_some() && since.oldest == self.oldest_handed(state);
        if waits && (state.blocks == since.blocks || is_stuck) {
            state.cost = state.cost.max(nanos(NAP));
            return Look::Rescue;
        }
        seat.nap = (2 * nap).min(LONG_NAP);
        if waits || state.entered != since.entered { Look::Decide } else { Look::Leave }
    }
}

/// What the watcher does next.
pub(super) enum Look {
    /// It was called: it takes what there is, be it little.
    Work,
    /// The same, from hands first: what is there waits behind a call that is not cheap.
    Rescue,
    /// Whatever a worker without calls would.
    Decide,
    /// It sleeps again.
    Again,
    Leave,
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(all(loom, test))]
mod models;
