//! What a task function counts beyond what its queue does.

use std::time::{Duration, Instant};

use super::Switches;
use super::count::Count;
use super::cpu::Usage;
use super::figures::{Latencies, ProcessorCounters};
use super::latency::Latency;
use super::tally::QueueFigures;
use super::trace::{Kind, slice, waiting};
use crate::clock::{nanos, now_ns};

/// Of one queue.
#[derive(Debug)]
pub(crate) struct TaskTally {
    name: &'static str,
    pub(crate) dropped: Count,
    /// Calls that ran on their caller's thread and never waited.
    pub(crate) aside: Count,
    /// Calls that ran on the thread that joined them, before their turn.
    pub(crate) early: Count,
    /// Calls that entered and will not run: cancelled, dropped as the oldest, refused by
    /// `shutdown`.
    pub(crate) withdrawn: Count,
    /// Of these, the dropped ones.
    pub(crate) evicted: Count,
    pub(crate) busy: Count,
    sampled: Count,
    processor: Count,
    waits: Count,
    preempted: Count,
    pub(crate) latency: Latency,
    /// What the trace was last told of the queue's depth, and when by [`now_ns`].
    depth: Count,
    depth_at: Count,
}

/// When a call was made, where that is measured; 0: it is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stamp(u64);

impl Stamp {
    pub(crate) const NONE: Self = Self(0);

    /// As a number, for an atomic.
    pub(crate) fn into_ns(self) -> u64 {
        self.0
    }

    pub(crate) fn from_ns(ns: u64) -> Self {
        Self(ns)
    }

    #[inline]
    pub(crate) fn is_measured(self) -> bool {
        self.0 != 0
    }
}

impl TaskTally {
    pub(crate) const fn new(name: &'static str) -> Self {
        Self {
            name,
            dropped: Count::new(),
            aside: Count::new(),
            early: Count::new(),
            withdrawn: Count::new(),
            evicted: Count::new(),
            busy: Count::new(),
            sampled: Count::new(),
            processor: Count::new(),
            waits: Count::new(),
            preempted: Count::new(),
            latency: Latency::new(),
            depth: Count::new(),
            depth_at: Count::new(),
        }
    }

    /// So many calls wait now, for the trace.
    #[inline]
    pub(crate) fn trace_depth(&self, waiting: impl FnOnce() -> usize) {
        if Switches::now().traced() {
            self.trace_new_depth(waiting());
        }
    }

    /// Not every change is written, since a call can take less than writing that; that a queue has
    /// run empty always is.
    #[cold]
    fn trace_new_depth(&self, depth: usize) {
        let now = now_ns();
        let before = self.depth.get();
        let soon = now.saturating_sub(self.depth_at.get()) < DEPTH_NS;
        if depth as u64 != before && (depth == 0 || !soon) {
            self.depth.set(depth as u64);
            self.depth_at.set(now);
            waiting(self.name, depth);
        }
    }

    /// For a call made now.
    #[inline]
    pub(crate) fn stamp(&self) -> Stamp {
        if Switches::now().watched() && self.latency.samples() {
            Stamp(now_ns())
        } else {
            Stamp::NONE
        }
    }

    /// Runs a call that was made at `stamp`.
    #[cold]
    pub(crate) fn timed<R>(&self, stamp: Stamp, run: impl FnOnce() -> R) -> R {
        let started = now_ns();
        self.latency.queued.record(Duration::from_nanos(started.saturating_sub(stamp.0)));
        let result = run();
        self.latency.running.record(Duration::from_nanos(now_ns() - started));
        result
    }

    /// A call of a batch was made at `stamp` and starts now.
    #[cold]
    pub(crate) fn waited(&self, stamp: Stamp) {
        self.latency.queued.record(Duration::from_nanos(now_ns().saturating_sub(stamp.0)));
    }

    /// It has run them, as a batch with a measured call in it or not.
    #[inline]
    pub(crate) fn end_batch(&self, shift: Option<Shift>, measured: bool) {
        if let Some(shift) = shift {
            if measured && let Some(since) = shift.since {
                self.latency.running.record(since.elapsed());
            }
            self.end_watched(shift, 1);
        }
    }

    /// A worker begins on some calls; `None` where nobody watches.
    #[inline]
    pub(crate) fn begin(&self) -> Option<Shift> {
        Switches::now().watched().then(|| self.begin_watched())
    }

    #[cold]
    fn begin_watched(&self) -> Shift {
        // A system call for a task of a few hundred nanoseconds is too dear: those of some length
        // are looked at, of others one in 64.
        let shifts = self.latency.shifts.get();
        self.latency.shifts.bump(1);
        let busy = self.busy.get();
        let long = busy >= shifts.saturating_mul(LONG_NS);
        let usage = if long || shifts.is_multiple_of(64) { Usage::of_thread() } else { None };
        // Of short ones, two looks at the clock are too dear as well.
        let short = shifts >= FIRST && busy < shifts.saturating_mul(SHORT_NS);
        let stands_for = if short && !Switches::now().traced() { SHORT_ONE_IN } else { 1 };
        let since = shifts.is_multiple_of(stands_for).then(Instant::now);
        Shift { since, stands_for, usage }
    }

    /// It has run them.
    #[inline]
    pub(crate) fn end(&self, shift: Option<Shift>, calls: u64) {
        if let Some(shift) = shift {
            self.end_watched(shift, calls);
        }
    }

    #[cold]
    fn end_watched(&self, shift: Shift, calls: u64) {
        let Some(since) = shift.since else { return };
        let now = Instant::now();
        let busy = nanos(now - since);
        if Switches::now().traced() {
            slice(self.name, Kind::Calls, since, now, calls);
        }
        self.busy.add(busy.saturating_mul(shift.stands_for));
        if let Some(before) = shift.usage
            && let Some(now) = Usage::of_thread()
        {
            let usage = now.since(before);
            self.sampled.add(busy);
            self.processor.add(nanos(usage.processor));
            self.waits.add(usage.waits);
            self.preempted.add(usage.preempted);
        }
    }

    /// Adds this queue's figures to those of its function's others.
    pub(crate) fn add_to(&self, figures: &mut TaskFigures, all: &Latency) {
        figures.queue.dropped += self.dropped.get();
        figures.aside += self.aside.get();
        figures.early += self.early.get();
        figures.withdrawn += self.withdrawn.get();
        figures.evicted += self.evicted.get();
        figures.busy += self.busy.time();
        if self.sampled.get() > 0 {
            let sum = figures.processor.get_or_insert_default();
            sum.busy += self.sampled.time();
            sum.on_processor += self.processor.time();
            sum.waits += self.waits.get();
            sum.preempted += self.preempted.get();
        }
        all.queued.merge(&self.latency.queued);
        all.running.merge(&self.latency.running);
        figures.latency = all
            .queued
            .quantiles()
            .map(|queued| Latencies { queued, running: all.running.quantiles() });
    }
}

/// The shortest time between two depths in the trace, in nanoseconds.
const DEPTH_NS: u64 = 20_000;

/// Shifts longer than this look at the processor time, in nanoseconds.
const LONG_NS: u64 = 50_000;

/// Of shifts that are shorter than this, after the first few, one in so many is timed and stands for
/// the others.
const SHORT_NS: u64 = 10_000;
const SHORT_ONE_IN: u64 = 16;
const FIRST: u64 = 64;

/// The time that a worker spends on some calls.
#[derive(Debug)]
pub(crate) struct Shift {
    /// `None`: it is not timed.
    since: Option<Instant>,
    /// How many shifts' time this one's counts as.
    stands_for: u64,
    usage: Option<Usage>,
}

/// Of all queues of one function.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TaskFigures {
    pub(crate) queue: QueueFigures,
    /// Calls that still have to run.
    pub(crate) waiting: u64,
    pub(crate) blocks: u64,
    pub(crate) aside: u64,
    pub(crate) early: u64,
    pub(crate) withdrawn: u64,
    pub(crate) evicted: u64,
    pub(crate) busy: Duration,
    pub(crate) panics: u64,
    pub(crate) workers: u64,
    pub(crate) wakes: u64,
    pub(crate) processor: Option<ProcessorCounters>,
    pub(crate) latency: Option<Latencies>,
}
