//! The bounded hand-over between one producer and the workers of a stream loop.
//!
//! A FIFO under one mutex. That is all a stream needs: the producer pays one uncontended lock per
//! item (about 10 ns), a worker one lock per *batch*, and every policy, every count and the peak
//! are exact because they are plain fields under that lock. What pays for the simplicity is the
//! batch: a worker takes a fair share of what waits (`waiting / (idle + 1)`, at most what it can
//! run in about 20 us, at most [`MOST`]), so the lock is contended once per batch, not per item.
//!
//! Items are shared from the moment they are offered: there is no private half-filled buffer, so
//! an item never waits for company while a worker is idle, and `queue` bounds all that waits.
//!
//! **Wake-ups.** A worker that finds nothing announces itself in `idle` and waits on `filled`,
//! both under the lock. The producer signals only when somebody is idle who was not signalled yet
//! (`idle > called`), so a busy stream makes no system call. A woken worker that leaves items
//! behind calls the next one. No wake-up can be lost: announcing and re-checking happen under the
//! same lock as offering.
//!
//! **Permits.** `running` counts the threads that are inside a body. A claim needs `running <
//! permits`; this is what lets the producer run items itself ("run", or "block" when nobody else
//! may be coming) without ever having more than `workers` bodies at a time.
//!
//! **Positions.** An item's position is given when it is claimed: what a policy dropped is not an
//! item, and positions stay dense.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::{Duration, Instant};

use crate::report::{Kind, QueueFigures, Switches, slice};
use crate::sync::{Condvar, Mutex, MutexGuard, lock, unpoisoned};

/// The most items that one claim hands over.
pub(crate) const MOST: usize = 64;

/// What became of an offered item.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Offer<T> {
    /// It waits for a worker.
    Taken,
    /// `queue` items wait already; the item comes back.
    Full(T),
    /// The loop has ended (an exit, a panic, a deadline); the item comes back.
    Closed(T),
}

/// What one claim takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Take {
    /// A fair share, at most what the claim asks for.
    Share,
    /// Exactly `size` items, fewer only when the source has ended or the oldest item has waited
    /// for `linger`.
    Batch { size: usize, linger: Option<Duration> },
}

#[derive(Clone, Copy)]
struct Blocked {
    may_help: bool,
}

struct State<T> {
    waiting: VecDeque<(T, Option<Instant>)>,
    /// The position that the next claim starts at: of an item, or of a batch.
    next: usize,
    /// Threads inside a body. Never above `permits`.
    running: usize,
    permits: usize,
    /// Workers that wait on `filled`.
    idle: usize,
    /// Idle workers that have been signalled and have not woken yet. Never above `idle`.
    called: usize,
    /// Of the idle ones, those that wait with a time-out for the front's `linger`.
    armed: usize,
    /// The producer waits on `drained`, and may run items itself.
    blocked: Option<Blocked>,
    /// The source has ended: what waits is the rest.
    ended: bool,
    /// Nothing is handed out any more.
    closed: bool,
    /// What the report tells; `dropped` and `peak` among it.
    figures: QueueFigures,
}

/// A bounded first-in-first-out hand-over; see the module's page.
pub(crate) struct Handover<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    drained: Condvar,
    bound: usize,
    take: Take,
}

impl<T> Handover<T> {
    /// `bound` items may wait (at least one batch), `permits` threads may be inside the body.
    pub(crate) fn new(bound: usize, permits: usize, take: Take) -> Self {
        let least = match take {
            Take::Share => 1,
            Take::Batch { size, .. } => size.max(1),
        };
        Self {
            state: Mutex::new(State {
                waiting: VecDeque::with_capacity(bound.min(1024)),
                next: 0,
                running: 0,
                permits: permits.max(1),
                idle: 0,
                called: 0,
                armed: 0,
                blocked: None,
                ended: false,
                closed: false,
                figures: QueueFigures::default(),
            }),
            filled: Condvar::new(),
            drained: Condvar::new(),
            bound: bound.max(least),
            take,
        }
    }

    /// No user code runs under the lock except `Drop` of dropped items outside of it, so a
    /// poisoned state is still consistent.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        lock(&self.state)
    }

    /// Puts `item` behind those that wait.
    pub(crate) fn offer(&self, item: T) -> Offer<T> {
        let state = self.lock();
        if state.closed {
            return Offer::Closed(item);
        }
        if state.waiting.len() >= self.bound {
            return Offer::Full(item);
        }
        self.push(state, item);
        Offer::Taken
    }

    /// Puts `item` behind those that wait; when that is one too many, the oldest is dropped and
    /// counted. `Err`: the loop has ended.
    pub(crate) fn offer_newest(&self, item: T) -> Result<(), T> {
        let mut state = self.lock();
        if state.closed {
            return Err(item);
        }
        let oldest = if state.waiting.len() >= self.bound {
            state.figures.dropped += 1;
            state.waiting.pop_front()
        } else {
            None
        };
        self.push(state, item);
        drop(oldest);
        Ok(())
    }

    fn push(&self, mut state: MutexGuard<'_, State<T>>, item: T) {
        let lingers = matches!(self.take, Take::Batch { linger: Some(_), .. });
        state.waiting.push_back((item, lingers.then(Instant::now)));
        state.figures.admitted += 1;
        state.figures.peak = state.figures.peak.max(state.waiting.len());
        self.call_next(state);
    }

    /// Wakes an idle worker when there is something for it that nobody was called for.
    fn call_next(&self, mut state: MutexGuard<'_, State<T>>) {
        let call = state.idle > state.called && state.wants_worker(self.take);
        if call {
            state.called += 1;
        }
        drop(state);
        if call {
            self.filled.notify_one();
        }
    }

    /// Counts an item that the producer dropped itself.
    pub(crate) fn count_drop(&self) {
        self.lock().figures.dropped += 1;
    }

    /// The next `count` positions, for items that do not come through here.
    pub(crate) fn skip(&mut self, count: usize) -> Range<usize> {
        let state = unpoisoned(self.state.get_mut());
        let start = state.next;
        state.next += count;
        start..state.next
    }

    /// Waits until there is room, or until the producer may run an item itself.
    pub(crate) fn wait_for_room(&self, may_help: bool) -> Room {
        let mut state = self.lock();
        loop {
            if state.closed {
                return Room::Closed;
            }
            if state.waiting.len() < self.bound {
                return Room::Free;
            }
            if may_help && state.running < state.permits {
                return Room::Help;
            }
            state.blocked = Some(Blocked { may_help });
            let since = Instant::now();
            state = unpoisoned(self.drained.wait(state));
            state.blocked = None;
            state.figures.blocked += 1;
            let now = Instant::now();
            state.figures.blocked_time += now - since;
            if Switches::now().traced() {
                slice("producer", Kind::Blocked, since, now, 0);
            }
        }
    }

    /// Takes the next items, at most `want`, into `into` and a permit with them; gives back the
    /// permit of the claim before when `held`. Waits for items when `wait`. Returns their
    /// positions; `None`: ended, closed, or (without `wait`) nothing to be had now, and then a
    /// `held` permit stays held.
    pub(crate) fn claim(
        &self,
        into: &mut VecDeque<T>,
        want: usize,
        held: bool,
        wait: bool,
    ) -> Option<Range<usize>> {
        let mut state = self.lock();
        if held {
            state.running -= 1;
        }
        loop {
            let ready = if state.closed { 0 } else { state.ready(self.take, want) };
            if ready > 0 && state.running < state.permits {
                let start = state.next;
                state.next += match self.take {
                    Take::Share => ready,
                    Take::Batch { size, .. } => {
                        let full = ready >= size;
                        let ended = state.ended;
                        state.figures.batch(ready, full, ended);
                        1
                    }
                };
                let claimed = start..state.next;
                state.running += 1;
                into.extend(state.waiting.drain(..ready).map(|(item, _)| item));
                self.unblock(&state);
                if state.ended && state.waiting.is_empty() {
                    // Nobody will come for those that sleep.
                    self.filled.notify_all();
                }
                self.call_next(state);
                return Some(claimed);
            }
            if !wait {
                state.running += usize::from(held);
                return None;
            }
            self.unblock(&state);
            if state.closed || (state.ended && state.waiting.is_empty()) {
                self.call_next(state);
                return None;
            }
            state = self.sleep(state);
        }
    }

    fn sleep<'s>(&'s self, mut state: MutexGuard<'s, State<T>>) -> MutexGuard<'s, State<T>> {
        let due = state.due(self.take);
        let since = Instant::now();
        state.idle += 1;
        state = match due {
            None => unpoisoned(self.filled.wait(state)),
            Some(due) => {
                state.armed += 1;
                let woken = self.filled.wait_timeout(state, due);
                let (mut state, _) = unpoisoned(woken);
                state.armed -= 1;
                state
            }
        };
        state.idle -= 1;
        state.figures.starved += 1;
        state.figures.starved_time += since.elapsed();
        // A worker that woke by time-out takes a signal off the count that another one will get:
        // `called` is then too low, which can cost one wake-up too many and never one too few.
        state.called = state.called.saturating_sub(1).min(state.idle);
        state
    }

    /// Gives back the permit of the last claim without asking for another one.
    pub(crate) fn release(&self) {
        let mut state = self.lock();
        state.running -= 1;
        self.unblock(&state);
        self.call_next(state);
    }

    /// Signals the producer when it waits and may go on: half of the queue is free (so that it
    /// does not come back for one item at a time), or there is a permit for it to help with.
    fn unblock(&self, state: &State<T>) {
        let Some(Blocked { may_help }) = state.blocked else { return };
        let room = state.waiting.len() <= self.bound / 2;
        if room || state.closed || (may_help && state.running < state.permits) {
            self.drained.notify_one();
        }
    }

    /// The source has ended: workers finish what waits and leave.
    pub(crate) fn end(&self) {
        self.lock().ended = true;
        self.filled.notify_all();
    }

    /// Nothing is handed out any more; what waits is dropped with the hand-over.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
        self.drained.notify_all();
    }

    /// How many items a policy has dropped.
    pub(crate) fn dropped(&self) -> u64 {
        self.lock().figures.dropped
    }

    /// The most items that have waited at one time.
    #[cfg(all(test, not(loom)))]
    pub(crate) fn peak(&self) -> usize {
        self.lock().figures.peak
    }

    /// What has gone through so far.
    pub(crate) fn figures(&self) -> QueueFigures {
        let size = match self.take {
            Take::Share => 0,
            Take::Batch { size, .. } => size,
        };
        let state = self.lock();
        QueueFigures { bound: self.bound, size, waiting: state.waiting.len(), ..state.figures }
    }
}

/// What a producer in front of a full queue can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// There is room again.
    Free,
    /// Still full, but fewer than `workers` bodies run: run one here.
    Help,
    /// The loop has ended.
    Closed,
}

impl<T> State<T> {
    /// How many items a claim may have now.
    fn ready(&self, take: Take, want: usize) -> usize {
        let waiting = self.waiting.len();
        match take {
            Take::Share => {
                let others = self.idle.saturating_sub(self.called);
                waiting.div_ceil(others + 1).min(want.clamp(1, MOST))
            }
            Take::Batch { size, .. } => {
                let flush = self.ended || self.due(take) == Some(Duration::ZERO);
                if waiting >= size || flush { waiting.min(size) } else { 0 }
            }
        }
    }

    /// How long the oldest item may still wait for company; `None`: for ever.
    fn due(&self, take: Take) -> Option<Duration> {
        let Take::Batch { linger: Some(linger), .. } = take else { return None };
        let arrived = self.waiting.front().and_then(|(_, arrived)| *arrived)?;
        Some(linger.saturating_sub(arrived.elapsed()))
    }

    /// Whether an idle worker has a reason to wake: a claim it could make, or a `linger` that
    /// nobody is timing.
    fn wants_worker(&self, take: Take) -> bool {
        if self.waiting.is_empty() || self.running >= self.permits {
            return false;
        }
        match take {
            Take::Share => true,
            Take::Batch { size, linger } => {
                self.ended || self.waiting.len() >= size || (linger.is_some() && self.armed == 0)
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests;

#[cfg(all(test, loom))]
mod models;
