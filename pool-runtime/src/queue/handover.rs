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
//! **Wake-ups.** A worker that finds nothing looks for a few microseconds more, announces itself
//! in `idle` and sleeps on `filled`. One wake-up is in flight at a time: what piles up meanwhile is
//! the woken worker's first claim, and when it leaves items behind, it calls the next. So that the
//! producer need not take the lock to see whether somebody sleeps, `call_at` says at which number
//! of items it is to come and call. None is lost: the producer publishes an item and looks at
//! `call_at`; who changes that looks at what is published next ([`tell`](super::tell)).
//!
//! **Who runs** is for [`Bodies`] to say. A worker that sleeps although items may come to wait,
//! because those that run will be back sooner than it could be, looks again after [`WATCH`].
//!
//! **Positions.** An item's position is given when it is claimed: what a policy dropped is not an
//! item, and positions stay dense. What the producer runs [straight](super::straight) from the
//! source has the positions behind all that wait; when it is done, it leaves as many out, a `gap`
//! behind the last item that it had offered. A claim ends at a gap.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

use super::bodies::{Bodies, Permit};
use super::inlet::{Help, Inlet};
use super::ring::{Drain, View, ring};
use super::seat::Seat;
use super::take::{Claimant, Take};
use super::tell::tell;
use crate::cores::cores;
use crate::report::QueueFigures;
use crate::sync::{AtomicUsize, Condvar, Mutex, MutexGuard, lock, spin_loop, unpoisoned};

/// The most items that one claim hands over.
pub(crate) const MOST: usize = 64;

/// So many cheap items are worth waking a worker for while others run.
const LOAD: usize = MOST / 2;

/// So often the producer runs the newest items while no worker comes for the others.
const OVERTAKE: usize = 4;

/// How long a worker sleeps that watches.
pub(super) const WATCH: Duration = Duration::from_micros(1000);

/// How often one looks before one sleeps, after 1, 2, 4 .. times [`PAUSES`]: about 3 us in all.
const LOOKS: u32 = 5;
const PAUSES: u32 = 8;

/// Under loom there is no time: nobody spins, and what costs what is not known.
pub(super) const MODEL: bool = cfg!(all(loom, test));

/// The producer need not call anybody.
const NEVER: usize = usize::MAX;

pub(super) struct State<T> {
    pub(super) drain: Drain<T>,
    /// The position that the next claim starts at: of an item, or of a batch.
    next: usize,
    /// Behind so many items in all, so many positions are the producer's.
    gaps: VecDeque<(usize, usize)>,
    /// How often the producer has run the newest items since a worker last claimed some.
    overtook: usize,
    pub(super) bodies: Bodies,
    /// Workers that sleep on `filled`.
    pub(super) idle: usize,
    /// Idle workers that have been signalled and have not woken yet. Never above `idle`.
    called: usize,
    /// Workers that look for items, awake.
    pub(super) spinning: usize,
    /// One of the idle workers wakes when the first item has waited for `linger`.
    armed: bool,
    /// One of the idle workers keeps a watch, or the producer in front of a full queue.
    pub(super) watched: bool,
    /// What stands in `call_at`.
    told: usize,
    /// The producer waits on `drained`.
    pub(super) blocked: Option<Help>,
    /// With `linger`: when the items of these numbers came, of each batch's first.
    pub(super) stamps: VecDeque<(usize, Instant)>,
    /// The source has ended: what waits is the rest.
    ended: bool,
    /// What the report tells.
    pub(super) figures: QueueFigures,
}

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
    state: Mutex<State<T>>,
    filled: Condvar,
    pub(super) drained: Condvar,
    view: View<T>,
    /// The producer is to come and call when it has offered so many items in all.
    pub(super) call_at: CachePadded<AtomicUsize>,
    /// The producer's place among those who run the body, and whether the loop has ended.
    pub(super) seat: Arc<Seat>,
    /// The most items that have waited, and how many were dropped; the producer's to write.
    pub(super) peak: AtomicUsize,
    pub(super) dropped: AtomicUsize,
    pub(super) bound: usize,
    pub(super) take: Take,
    cores: usize,
}

impl<T> Handover<T> {
    /// `bound` items may wait (at least one batch), `permits` threads may be inside the body.
    pub(crate) fn new(bound: usize, permits: usize, take: Take) -> (Self, Inlet<T>) {
        let bound = bound.max(take.size());
        let cores = cores();
        let (filler, drain) = ring(bound.min(1024));
        let view = drain.view();
        let state = State {
            drain,
            next: 0,
            gaps: VecDeque::new(),
            overtook: 0,
            bodies: Bodies::new(permits, cores),
            idle: 0,
            called: 0,
            spinning: 0,
            armed: false,
            watched: false,
            told: NEVER,
            blocked: None,
            stamps: VecDeque::new(),
            ended: false,
            figures: QueueFigures::default(),
        };
        let queue = Self {
            state: Mutex::new(state),
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
                if !leads {
                    state.overtook = 0;
                }
                let claimed = state.claimed(self.take, ready);
                state.drain.take(ready, into);
                self.unblock(&state);
                if state.ended && state.drain.waiting() == 0 {
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
            self.unblock(&state);
            if self.is_closed() || (state.ended && state.drain.waiting() == 0) {
                self.settle(state);
                return None;
            }
            *waited = true;
            let busy = state.bodies.fresh_workers() + state.spinning;
            if !looked && may && busy + 1 < self.cores {
                looked = true;
                state = self.look_again(state);
            } else {
                state = self.sleep(state);
            }
        }
    }

    /// The producer, in front of a full queue, takes the next positions behind all that wait, at
    /// most `want`, and a permit: for items that it runs as the source gives them. `None`: it has
    /// to run what waits, or nothing. (What waits must be run at some time, also if nobody comes.)
    pub(crate) fn claim_newest(
        &self,
        want: usize,
        held: &mut Option<Permit>,
    ) -> Option<Range<usize>> {
        let mut state = self.lock();
        state.bodies.set_cheap(want > 1 && !MODEL);
        let gaps: usize = state.gaps.iter().map(|&(_, gap)| gap).sum();
        let waiting = state.drain.waiting();
        if self.is_closed() || !state.bodies.can_lead_on() || state.overtook == OVERTAKE {
            return None;
        }
        state.overtook += 1;
        *held = Some(state.bodies.begin(true));
        let start = state.next + gaps + waiting;
        // The workers are not to run out of items meanwhile.
        let each = waiting / state.bodies.fresh_workers().max(1);
        self.settle(state);
        Some(start..start + want.min(MOST).min(each).max(1))
    }

    /// The producer has run so many items that it [claimed](Self::claim_newest); `permit` is what
    /// is left of the claim.
    pub(super) fn end_newest(&self, ran: usize, permit: Option<Permit>) {
        let mut state = self.lock();
        if ran > 0 {
            let number = state.drain.published();
            state.gaps.push_back((number, ran));
        }
        if let Some(permit) = permit {
            state.bodies.end(permit);
        }
        self.unblock(&state);
        self.settle(state);
    }

    /// Takes the permit of a producer that asks its source, if a body could begin with it.
    fn take_seat(&self, state: &mut State<T>) -> bool {
        state.bodies.could_use_lead() && self.seat.take() && {
            state.bodies.lose_lead();
            true
        }
    }

    /// Looks for items for a while, awake. The producer need not call anybody meanwhile.
    fn look_again<'s>(&'s self, mut state: MutexGuard<'s, State<T>>) -> MutexGuard<'s, State<T>> {
        state.spinning += 1;
        self.settle(state);
        let _ = pause_until(|| self.view.waiting() >= self.take.size() || self.is_closed());
        let mut state = self.lock();
        state.spinning -= 1;
        state
    }

    /// Sleeps until there may be something to claim.
    fn sleep<'s>(&'s self, mut state: MutexGuard<'s, State<T>>) -> MutexGuard<'s, State<T>> {
        let due = if state.armed { None } else { state.due(self.take) };
        let watch = !state.watched && (state.bodies.return_soon() || state.bodies.last_leads());
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
    fn tell_producer(&self, state: &mut State<T>) -> bool {
        let at = if self.is_closed() { 0 } else { state.call_at(self.take) };
        if at == state.told {
            return false;
        }
        state.told = at;
        tell(&self.call_at, at);
        at > 0 && state.drain.published() >= at
    }

    /// Gives back the permit of the last claim without asking for another one.
    pub(crate) fn release(&self, permit: Permit) {
        let mut state = self.lock();
        state.bodies.end(permit);
        self.unblock(&state);
        self.settle(state);
    }

    /// Signals the producer when it waits and may go on: half of the queue is free (so that it
    /// does not come back for one item at a time), or it may run items itself.
    fn unblock(&self, state: &State<T>) {
        let Some(help) = state.blocked else { return };
        let room = state.drain.waiting() <= self.bound / 2;
        if room || self.is_closed() || state.may_help(help) {
            self.drained.notify_one();
        }
    }

    /// The source has ended: workers finish what waits and leave.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        state.ended = true;
        state.bodies.stop_leading();
        drop(state);
        self.filled.notify_all();
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
        let state = self.lock();
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

/// Pauses, ever longer, until `done`; about 3 us at most. Returns whether it came to be.
pub(super) fn pause_until(done: impl Fn() -> bool) -> bool {
    (0..LOOKS).any(|look| {
        (0..PAUSES << look).for_each(|_| spin_loop());
        done()
    })
}

impl<T> State<T> {
    /// Leaves out the positions that are the producer's.
    fn pass_gaps(&mut self) {
        let head = self.drain.head();
        while let Some(&(number, gap)) = self.gaps.front()
            && number == head
        {
            self.gaps.pop_front();
            self.next += gap;
        }
    }

    /// How many items a claim may have now.
    fn ready(&mut self, take: Take, want: usize) -> usize {
        let waiting = self.drain.waiting();
        match take {
            Take::Share => {
                let alone =
                    self.bodies.are_cheap() && (waiting < LOAD || self.bodies.run_in_turns());
                let idle = if alone { 0 } else { self.idle.saturating_sub(self.called) };
                let others = idle.min(self.bodies.left().saturating_sub(1));
                let to_gap =
                    self.gaps.front().map_or(MOST, |&(number, _)| number - self.drain.head());
                waiting.div_ceil(others + 1).min(want.clamp(1, MOST)).min(to_gap)
            }
            Take::Batch { size, .. } => {
                let mut flush = || self.ended || self.due(take) == Some(Duration::ZERO);
                if waiting >= size || flush() { waiting.min(size) } else { 0 }
            }
        }
    }

    /// The positions of the next `items`.
    fn claimed(&mut self, take: Take, items: usize) -> Range<usize> {
        let start = self.next;
        self.next += match take {
            Take::Share => items,
            Take::Batch { size, .. } => {
                self.figures.batch(items, items >= size, self.ended);
                1
            }
        };
        start..self.next
    }

    /// How long the oldest item may still wait for company; `None`: for ever.
    fn due(&mut self, take: Take) -> Option<Duration> {
        let linger = take.linger()?;
        if self.drain.waiting() == 0 {
            return None;
        }
        let head = self.drain.head();
        while self.stamps.front().is_some_and(|&(number, _)| number < head) {
            self.stamps.pop_front();
        }
        match self.stamps.front() {
            Some(&(number, came)) if number == head => Some(linger.saturating_sub(came.elapsed())),
            // It has become the first one out of turn, just now.
            _ => {
                self.stamps.push_front((head, Instant::now()));
                Some(linger)
            }
        }
    }

    /// Whether the producer may run items itself in front of a full queue.
    pub(super) fn may_help(&self, help: Help) -> bool {
        let nobody_comes = self.bodies.are_cheap() || self.idle + self.spinning == 0;
        self.bodies.leave_room_to_lead()
            && match help {
                Help::Never => false,
                Help::IfNobodyComes => nobody_comes,
                Help::Always => true,
            }
    }

    /// Whether there is an idle worker, and nobody who is about to look.
    fn can_call(&self) -> bool {
        let bodies_may_begin =
            !self.bodies.are_all() || (self.bodies.last_leads() && !self.watched);
        self.idle > 0 && self.called == 0 && self.spinning == 0 && bodies_may_begin
    }

    /// Whether an idle worker has a reason to wake: a claim it could make or watch for, or a
    /// `linger` that nobody is timing.
    pub(super) fn wants_worker(&self, take: Take) -> bool {
        let waiting = self.drain.waiting();
        waiting > 0 && self.can_call() && {
            let at_least = if self.ended { 1 } else { self.worth_a_call(take) };
            waiting >= at_least
        }
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

#[cfg(all(test, not(loom)))]
mod tests;

#[cfg(all(test, loom))]
pub(super) mod models;
