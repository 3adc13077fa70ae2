//! Who is woken when, and how one waits.
//!
//! A worker that finds nothing looks for a few microseconds more, announces itself in `idle` and
//! sleeps on `filled`. One wake-up is in flight at a time: what piles up meanwhile is the woken
//! worker's first claim, and when it leaves items behind, it calls the next. So that the producer
//! need not take the lock to see whether somebody sleeps, `call_at` says at which number of items
//! it is to come and call. None is lost: the producer publishes an item and looks at `call_at`; who
//! changes that looks at what is published next ([`tell`](super::tell)). So does the
//! producer when it calls; nobody else needs to, and what is known to wait need not be all.
//!
//! A worker that sleeps although items may come to wait, because those that run will be back sooner
//! than it could be, looks again after [`WATCH`].

use std::time::{Duration, Instant};

use super::handover::{Handover, MOST};
use super::state::State;
use super::take::Take;
use super::tell::tell;
use crate::sync::{MutexGuard, spin_loop, unpoisoned};

/// So many cheap items are worth waking a worker for while others run.
pub(super) const LOAD: usize = MOST / 2;

/// How long a worker sleeps that watches.
pub(super) const WATCH: Duration = Duration::from_micros(1000);

/// How often one looks before one sleeps, after 1, 2, 4 .. times [`PAUSES`]: about 3 us in all.
const LOOKS: u32 = 5;
const PAUSES: u32 = 8;

/// The producer need not call anybody.
pub(super) const NEVER: usize = usize::MAX;

impl<T> Handover<T> {
    /// Looks for items for a while, awake. The producer need not call anybody meanwhile.
    pub(super) fn look_again<'s>(
        &'s self,
        mut state: MutexGuard<'s, State<T>>,
    ) -> MutexGuard<'s, State<T>> {
        state.spinning += 1;
        self.settle(state);
        let _ = pause_until(|| self.view.waiting() >= self.take.size() || self.is_closed());
        let mut state = self.lock();
        state.spinning -= 1;
        state
    }

    /// Sleeps until there may be something to claim.
    pub(super) fn sleep<'s>(
        &'s self,
        mut state: MutexGuard<'s, State<T>>,
    ) -> MutexGuard<'s, State<T>> {
        let due = if state.armed { None } else { state.due(self.take) };
        let wanted = state.bodies.return_soon() || state.bodies.last_leads() || state.alone;
        let watch = !state.watched && wanted;
        let watch = watch.then_some(WATCH);
        let since = Instant::now();
        state.idle += 1;
        state.armed |= due.is_some();
        state.watched |= watch.is_some();
        let more = self.tell_producer(&mut state) && state.wants_worker(self.take);
        if !more {
            state = match due.into_iter().chain(watch).min() {
                None => unpoisoned(self.filled.wait(state)),
                Some(time) => unpoisoned(self.filled.wait_timeout(state, time)).0,
            };
            state.figures.starved += 1;
            state.figures.starved_time += since.elapsed();
        }
        state.idle -= 1;
        state.armed &= due.is_none();
        if let Some(watch) = watch {
            state.watched = false;
            if since.elapsed() >= watch {
                state.bodies.watched();
                self.watch_alone(&mut state);
            }
        }
        if !more {
            // A worker that woke by time-out takes a signal off the count that another one will
            // get: `called` is then too low, which can cost one wake-up too many and never one too
            // few.
            state.called = state.called.saturating_sub(1);
        }
        state.called = state.called.min(state.idle);
        state
    }

    /// Leaves the state to others: wakes an idle worker when there is something for it that
    /// nobody was called for, and has the producer do so from now on.
    pub(super) fn settle(&self, mut state: MutexGuard<'_, State<T>>) {
        let mut call = false;
        loop {
            if state.wants_worker(self.take) {
                state.called += 1;
                call = true;
            }
            if !self.tell_producer(&mut state) {
                break;
            }
        }
        drop(state);
        if call {
            self.filled.notify_one();
        }
    }

    /// Tells the producer when to call, if that has changed. True: it has offered as much already.
    pub(super) fn tell_producer(&self, state: &mut State<T>) -> bool {
        let at = if self.is_closed() { 0 } else { state.call_at(self.take) };
        if at == state.told {
            return false;
        }
        state.told = at;
        tell(&self.call_at, at);
        at > 0 && state.drain.published() >= at
    }

    /// Signals the producer when it waits and may go on: half of the queue is free (so that it
    /// does not come back for one item at a time), or it may run items itself.
    pub(super) fn unblock(&self, state: &mut State<T>) {
        let Some(help) = state.blocked else { return };
        let room = state.drain.waiting() <= self.bound / 2;
        if room || self.is_closed() || state.may_help(help) {
            self.drained.notify_one();
        }
    }
}

/// Pauses, ever longer, until `done`; about 3 us at most. Returns whether it came to be.
pub(super) fn pause_until(done: impl Fn() -> bool) -> bool {
    (0..LOOKS).any(|look| {
        (0..PAUSES << look).for_each(|_| spin_loop());
        done()
    })
}

impl<T> State<T> {
    /// Whether there is an idle worker, and nobody who is about to look.
    fn can_call(&self) -> bool {
        let bodies_may_begin =
            !self.bodies.are_all() || (self.bodies.last_leads() && !self.watched);
        self.idle > 0 && self.called == 0 && self.spinning == 0 && bodies_may_begin
    }

    /// Whether an idle worker has a reason to wake: a claim it could make or watch for, or a
    /// `linger` that nobody is timing.
    pub(super) fn wants_worker(&self, take: Take) -> bool {
        let waiting = self.drain.seen_waiting();
        waiting > 0 && self.can_call() && waiting >= self.worth_a_call(take)
    }

    /// How many items must wait for an idle worker to be woken.
    fn worth_a_call(&self, take: Take) -> usize {
        if take.linger().is_some() && !self.armed {
            return 1;
        }
        if self.watched && self.bodies.left() == 0 {
            return NEVER;
        }
        match take {
            Take::Share if self.watched && self.bodies.return_soon() => LOAD,
            // What is left of the last batch goes out as well.
            _ if self.ended => 1,
            _ => take.size(),
        }
    }

    /// At which number of items the producer is to call somebody.
    fn call_at(&self, take: Take) -> usize {
        if !self.can_call() {
            return NEVER;
        }
        self.drain.head().saturating_add(self.worth_a_call(take))
    }
}
