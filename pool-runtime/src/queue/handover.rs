//! The bounded hand-over between one producer and the workers of a stream loop.
//!
//! The items stand in a [`ring`](super::ring), which the producer fills without a lock; everything
//! else is under one mutex, which a worker takes once per *claim*. A claim is a fair share of what
//! waits, at most what its worker can run in about 20 us, at most [`MOST`]; so one item where items
//! are rare or slow, and 64 where they are cheap.
//!
//! Items are shared from the moment they are offered: there is no private half-filled buffer, so
//! an item never waits for company while a worker is idle, and `queue` bounds all that waits. (Only
//! of batches without `linger` is nothing shared before the batch is full: nobody could take it.)
//!
//! Whom to wake, and when, is in [`calls`](super::calls); who may run, in
//! [`bodies`](super::bodies); what waits and which positions it has, in [`state`](super::state);
//! what the producer runs itself in front of a full queue, in [`newest`](super::newest).

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use crossbeam_utils::CachePadded;

use super::bodies::{Bodies, Permit};
use super::calls::NEVER;
use super::inlet::Inlet;
use super::ring::{View, ring};
use super::seat::Seat;
use super::state::State;
use super::take::{Claimant, Take};
use crate::cores::cores;
use crate::report::QueueFigures;
use crate::sync::{AtomicUsize, Condvar, Mutex, MutexGuard, lock, unpoisoned};

/// The most items that one claim hands over.
pub(crate) const MOST: usize = 64;

/// Under loom there is no time: nobody spins, and what costs what is not known.
pub(super) const MODEL: bool = cfg!(all(loom, test));

/// What somebody who claims keeps.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// The last claim's permit, if it is still out.
    pub(crate) permit: Option<Permit>,
    /// Whether the last claim has waited for items.
    pub(crate) waited: bool,
}

/// A bounded first-in-first-out hand-over; see the module's page.
pub(crate) struct Handover<T> {
    state: CachePadded<Mutex<State<T>>>,
    pub(super) filled: Condvar,
    pub(super) drained: Condvar,
    pub(super) view: View<T>,
    /// The producer is to come and call when it has offered so many items in all.
    pub(super) call_at: CachePadded<AtomicUsize>,
    /// The producer's place among those who run the body, and whether the loop has ended.
    pub(super) seat: Arc<Seat>,
    /// The most items that have waited, and how many were dropped; the producer's to write.
    pub(super) peak: AtomicUsize,
    pub(super) dropped: AtomicUsize,
    pub(super) bound: usize,
    pub(super) take: Take,
    pub(super) cores: usize,
}

impl<T> Handover<T> {
    /// `bound` items may wait (at least one batch), `permits` threads may be inside the body.
    pub(crate) fn new(bound: usize, permits: usize, take: Take) -> (Self, Inlet<T>) {
        let bound = bound.max(take.size());
        let cores = cores();
        let (filler, drain) = ring(bound.min(1024));
        let view = drain.view();
        let queue = Self {
            state: CachePadded::new(Mutex::new(State::new(drain, Bodies::new(permits, cores)))),
            filled: Condvar::new(),
            drained: Condvar::new(),
            view,
            call_at: CachePadded::new(AtomicUsize::new(NEVER)),
            seat: Arc::new(Seat::new()),
            peak: AtomicUsize::new(0),
            dropped: AtomicUsize::new(0),
            bound,
            take,
            cores,
        };
        (queue, Inlet::new(filler, take))
    }

    /// Items take turns: cheap ones run in one body at a time, the others are handed out singly.
    pub(crate) fn take_turns(&mut self) {
        unpoisoned(self.state.get_mut()).bodies.take_turns();
    }

    /// No user code runs under the lock, so a poisoned state is still consistent.
    pub(super) fn lock(&self) -> MutexGuard<'_, State<T>> {
        lock(&self.state)
    }

    /// The next `count` positions, for items that do not come through here.
    pub(crate) fn skip(&mut self, count: usize) -> Range<usize> {
        let state = unpoisoned(self.state.get_mut());
        let start = state.next;
        state.next += count;
        start..state.next
    }

    /// Takes the next items, at most `want`, into `into` and a permit with them; gives back the
    /// permit of the claim before, `held`. A [`Claimant::Worker`] waits for items. Returns their
    /// positions; `None`: ended, closed, or (for who does not wait) nothing to be had now, and
    /// then the permit that was `held` is still.
    pub(crate) fn claim(
        &self,
        into: &mut VecDeque<T>,
        want: usize,
        Held { permit: held, waited }: &mut Held,
        who: Claimant,
    ) -> Option<Range<usize>> {
        let leads = who == Claimant::Producer;
        let mut state = self.lock();
        if held.is_some() || leads {
            state.bodies.set_cheap(want > 1 && !MODEL);
        }
        let before = held.take();
        if let Some(permit) = before {
            state.bodies.end(permit);
        }
        let mut looked = MODEL;
        *waited = false;
        loop {
            state.pass_gaps();
            let ready = if self.is_closed() { 0 } else { state.ready(self.take, want) };
            let may = if leads {
                state.bodies.leave_room_to_lead()
            } else {
                state.bodies.left() > 0 || (ready > 0 && self.take_seat(&mut state))
            };
            if ready > 0 && may {
                *held = Some(state.bodies.begin(leads));
                let claimed = state.claimed(self.take, ready);
                state.drain.take(ready, into);
                if !leads {
                    state.overtook = 0;
                    self.hurry(&mut state);
                }
                self.unblock(&mut state);
                if state.ended && state.drain.seen_waiting() == 0 {
                    // Nobody will come for those that sleep.
                    self.filled.notify_all();
                }
                self.settle(state);
                return Some(claimed);
            }
            if who != Claimant::Worker {
                *held = before.map(|permit| state.bodies.resume(permit));
                return None;
            }
            self.unblock(&mut state);
            if self.is_closed() || (state.ended && state.drain.seen_waiting() == 0) {
                self.settle(state);
                return None;
            }
            *waited = true;
            let busy = (state.bodies.fresh_workers() + state.spinning) as usize;
            if !looked && may && busy + 1 < self.cores {
                looked = true;
                state = self.look_again(state);
            } else {
                state = self.sleep(state);
            }
        }
    }

    /// Gives back the permit of the last claim without asking for another one.
    pub(crate) fn release(&self, permit: Permit) {
        let mut state = self.lock();
        state.bodies.end(permit);
        self.unblock(&mut state);
        self.settle(state);
    }

    /// The source has ended: workers finish what waits and leave. Those that sleep are called as
    /// before, the others when nothing waits any more: 48 that come at once, for 20 us of work each,
    /// take longer on two cores than the two that are at work anyway.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        state.ended = true;
        state.drain.catch_up();
        state.bodies.stop_leading();
        if state.drain.seen_waiting() == 0 {
            drop(state);
            self.filled.notify_all();
        } else {
            self.settle(state);
        }
    }

    /// Nothing is handed out any more; what waits is dropped with the hand-over.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        self.seat.close();
        self.tell_producer(&mut state);
        drop(state);
        self.filled.notify_all();
        self.drained.notify_all();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.seat.is_closed()
    }

    /// How many items a policy has dropped.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Relaxed) as u64
    }

    /// The most items that have waited at one time.
    #[cfg(all(test, not(loom)))]
    pub(crate) fn peak(&self) -> usize {
        self.peak.load(Relaxed)
    }

    /// What has gone through so far.
    pub(crate) fn figures(&self) -> QueueFigures {
        let size = match self.take {
            Take::Share => 0,
            Take::Batch { size, .. } => size,
        };
        let mut state = self.lock();
        QueueFigures {
            bound: self.bound,
            size,
            waiting: state.drain.waiting(),
            peak: self.peak.load(Relaxed),
            admitted: state.drain.published() as u64,
            dropped: self.dropped(),
            ..state.figures
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests;

#[cfg(all(test, loom))]
pub(super) mod models;
