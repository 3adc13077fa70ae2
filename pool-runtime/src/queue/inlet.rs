//! The producer's side of a hand-over: offers items, and waits for room.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use super::calls::{WATCH, pause_until};
use super::handover::{Handover, MODEL};
use super::ring::Filler;
use super::take::Take;
use super::tell::look;
use crate::report::{Kind, Switches, slice};
use crate::sync::unpoisoned;

/// So many wait, and as many may be offered without a look: they are about to come in a row.
const MANY: usize = 32;

/// What became of an offered item.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Offer<T> {
    /// It waits for a worker.
    Taken,
    /// `queue` items wait already; the item comes back.
    Full(T),
    /// The loop has ended (an exit, a panic, a deadline).
    Closed,
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

/// Whether the producer runs items itself in front of a full queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Help {
    /// It only waits.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests look at waiting alone"))]
    Never,
    /// If it would be kept waiting: no worker is asleep, or items are so cheap that waking one
    /// takes longer.
    IfNobodyComes,
    /// If fewer than `workers` bodies run.
    Always,
}

/// The one producer of a [`Handover`]; made with it.
pub(crate) struct Inlet<T> {
    filler: Filler<T>,
    /// So many items are published together.
    together: usize,
    /// The most items that have waited.
    peak: usize,
    /// While fewer wait than this, an item goes in without a look at the takers: where they have
    /// got to stands in a cache line of theirs, and to fetch that costs more than all the rest.
    easy: usize,
    /// With `linger`: the number of the item that begins a batch next, if none is out of turn.
    stamp_at: usize,
    /// What one that is dropped counts for.
    weight: fn(&T) -> usize,
}

impl<T> Inlet<T> {
    pub(super) fn new(filler: Filler<T>, take: Take) -> Self {
        let together = if take.linger().is_some() { 1 } else { take.size() };
        Self { filler, together, peak: 0, easy: 0, stamp_at: 0, weight: |_| 1 }
    }

    /// One that is dropped counts for as many as `weight` says.
    pub(super) fn weighing(mut self, weight: fn(&T) -> usize) -> Self {
        self.weight = weight;
        self
    }

    /// Puts `item` behind those that wait.
    #[inline(always)]
    pub(crate) fn offer(&mut self, queue: &Handover<T>, item: T) -> Offer<T> {
        if self.filler.most_waiting() >= self.easy {
            let waiting = self.filler.waiting();
            if waiting >= queue.bound {
                return if queue.is_closed() { Offer::Closed } else { Offer::Full(item) };
            }
            self.expect_one(queue, waiting);
        }
        if self.push(queue, item) { Offer::Taken } else { Offer::Closed }
    }

    /// Puts `item` behind those that wait; when that is one too many, the oldest is dropped and
    /// counted. False: the loop has ended.
    pub(crate) fn offer_newest(&mut self, queue: &Handover<T>, item: T) -> bool {
        // The oldest may be in a batch that would be full without it.
        self.together = 1;
        let mut waiting = self.filler.waiting();
        let mut oldest = std::collections::VecDeque::new();
        if waiting >= queue.bound {
            let mut state = queue.lock();
            waiting = self.filler.waiting();
            if waiting >= queue.bound {
                state.drain.catch_up();
                state.drain.take(1, &mut oldest);
                waiting -= 1;
                oldest.iter().for_each(|item| self.count_drop(queue, item));
            }
            queue.settle(state);
        }
        self.expect_one(queue, waiting);
        let open = self.push(queue, item);
        drop(oldest);
        open
    }

    /// One more is to come behind the `waiting` ones.
    #[inline(never)]
    fn expect_one(&mut self, queue: &Handover<T>, waiting: usize) {
        if self.filler.is_full() {
            self.filler.grow(&mut queue.lock().drain);
        }
        if waiting >= self.peak {
            self.peak = waiting + 1;
            queue.peak.store(self.peak, Relaxed);
        }
        if queue.take.linger().is_none() {
            self.easy = self.peak.min(self.filler.capacity());
            if waiting >= MANY && self.easy - waiting >= MANY {
                self.filler.fetch_ahead();
            }
        } else if waiting == 0 || self.filler.tail() == self.stamp_at {
            self.stamp(queue);
        }
    }

    /// Puts `item` behind the others. False: the loop has ended.
    #[inline(always)]
    fn push(&mut self, queue: &Handover<T>, item: T) -> bool {
        self.filler.push(item);
        if self.filler.unpublished() < self.together {
            return !queue.is_closed();
        }
        self.filler.publish();
        look(&queue.call_at) > self.filler.tail() || self.call(queue)
    }

    /// Writes down when the first item of a batch came.
    #[cold]
    fn stamp(&mut self, queue: &Handover<T>) {
        let number = self.filler.tail();
        queue.lock().stamps.push_back((number, Instant::now()));
        self.stamp_at = number + queue.take.size();
    }

    /// Does what the workers asked for. False: the loop has ended.
    #[cold]
    fn call(&mut self, queue: &Handover<T>) -> bool {
        let mut state = queue.lock();
        state.drain.catch_up();
        queue.settle(state);
        !queue.is_closed()
    }

    /// How many items have been taken in.
    #[inline(always)]
    pub(crate) fn offered(&self) -> usize {
        self.filler.tail()
    }

    /// How many items have been handed out, and how many wait.
    pub(crate) fn progress(&mut self) -> (usize, usize) {
        let waiting = self.filler.waiting();
        (self.filler.tail() - waiting, waiting)
    }

    /// Counts an item that the producer has dropped.
    pub(crate) fn count_drop(&mut self, queue: &Handover<T>, item: &T) {
        queue.dropped.store(queue.dropped.load(Relaxed) + (self.weight)(item), Relaxed);
    }

    /// Waits until there is room, or until the producer may run an item itself.
    pub(crate) fn wait_for_room(&mut self, queue: &Handover<T>, help: Help) -> Room {
        let mut looked = MODEL;
        let mut state = queue.lock();
        state.bodies.meet_full_queue();
        loop {
            if queue.is_closed() {
                return Room::Closed;
            }
            if self.filler.waiting() < queue.bound {
                return Room::Free;
            }
            if state.may_help(help) {
                return Room::Help;
            }
            if state.bodies.are_cheap() && !looked {
                looked = true;
                drop(state);
                pause_until(|| self.filler.seen_waiting() <= queue.bound / 2);
                state = queue.lock();
                continue;
            }
            state.blocked = Some(help);
            let since = Instant::now();
            let watches = state.bodies.return_soon() && !state.watched;
            if watches {
                state.watched = true;
                state = unpoisoned(queue.drained.wait_timeout(state, WATCH)).0;
                state.watched = false;
            } else {
                state = unpoisoned(queue.drained.wait(state));
            }
            state.blocked = None;
            state.figures.blocked += 1;
            let now = Instant::now();
            if watches && now - since >= WATCH {
                state.bodies.watched();
            }
            state.figures.blocked_time += now - since;
            if Switches::now().traced() {
                slice("producer", Kind::Blocked, since, now, 0);
            }
        }
    }

    /// The source has ended: workers finish what waits and leave.
    pub(crate) fn end(&mut self, queue: &Handover<T>) {
        self.filler.publish();
        queue.end();
    }
}
