//! What one place counts: atomics in its static, and what a region and its workers add to them.
//!
//! Runs on the calling thread alone can be short (some 30 ns) and many, so they count by plain
//! load and store, in numbers of their own; a region counts once, when it ends, for certain. What
//! a worker does is summed up on its own stack and handed in when it leaves.
//!
//! Of short runs only some look at the clock; what they took is projected from those.

use std::ops::AddAssign;
use std::time::Duration;

use super::count::Count;
use super::cpu::Usage;
use crate::clock::nanos;

/// The counters of a place, those of a small loop first (see [`Site`](crate::site::Site)).
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Tally {
    /// Runs on the calling thread alone.
    pub(super) alone: Alone,
    /// Runs with helpers, from where helpers were called.
    pub(super) open: Open,
    pub(super) queue: Queue,
    /// Loops that were left with an error, and items that failed under `errors = "all"`.
    pub(crate) errors: Count,
    pub(crate) panics: Count,
    /// Loops that `timeout` ended.
    pub(crate) timeouts: Count,
    /// `chunk`, the last time that it was said; 0: it was not.
    pub(super) chunk: Count,
    /// The most workers that a run could have had.
    pub(super) workers: Count,
    /// How long a helper that is called is on its way, in nanoseconds.
    pub(super) join_ns: Count,
}

#[derive(Debug)]
#[repr(C)]
pub(super) struct Alone {
    pub(super) runs: Count,
    pub(super) items: Count,
    /// Blocks beyond one a run; wraps, for runs without any.
    more_blocks: Count,
    /// How many runs there are when the next one looks at the clock.
    due: Count,
    /// Those of them that looked at the clock.
    pub(super) timed_runs: Count,
    pub(super) timed_items: Count,
    pub(super) timed_ns: Count,
}

#[derive(Debug)]
pub(super) struct Open {
    pub(super) runs: Count,
    /// Those that had started on the calling thread alone.
    pub(super) late: Count,
    pub(super) items: Count,
    pub(super) blocks: Count,
    pub(super) wall: Count,
    pub(super) busy: Count,
    pub(super) longest: Count,
    pub(super) idle: Count,
    pub(super) workers: Count,
    pub(super) wakes: Count,
    pub(super) claiming: Count,
    pub(super) merging: Count,
    pub(super) turning: Count,
    /// Of the workers that looked at their processor time: how long they were busy, how long on a
    /// processor, how often they gave it up and how often it was taken from them.
    pub(super) sampled: Count,
    pub(super) processor: Count,
    pub(super) waits: Count,
    pub(super) preempted: Count,
    /// The wall time of the regions that they were in.
    pub(super) sampled_wall: Count,
}

#[derive(Debug)]
pub(super) struct Queue {
    pub(super) bound: Count,
    pub(super) peak: Count,
    pub(super) admitted: Count,
    pub(super) dropped: Count,
    pub(super) blocked: Count,
    pub(super) blocked_ns: Count,
    pub(super) starved: Count,
    pub(super) starved_ns: Count,
    pub(super) size: Count,
    pub(super) batches: Count,
    pub(super) batched: Count,
    pub(super) by_size: Count,
    pub(super) by_linger: Count,
    pub(super) by_demand: Count,
}

impl Tally {
    pub(crate) const fn new() -> Self {
        const fn zero() -> Count {
            Count::new()
        }
        Self {
            alone: Alone {
                runs: zero(),
                items: zero(),
                more_blocks: zero(),
                due: zero(),
                timed_runs: zero(),
                timed_items: zero(),
                timed_ns: zero(),
            },
            open: Open {
                runs: zero(),
                late: zero(),
                items: zero(),
                blocks: zero(),
                wall: zero(),
                busy: zero(),
                longest: zero(),
                idle: zero(),
                workers: zero(),
                wakes: zero(),
                claiming: zero(),
                merging: zero(),
                turning: zero(),
                sampled: zero(),
                processor: zero(),
                waits: zero(),
                preempted: zero(),
                sampled_wall: zero(),
            },
            queue: Queue {
                bound: zero(),
                peak: zero(),
                admitted: zero(),
                dropped: zero(),
                blocked: zero(),
                blocked_ns: zero(),
                starved: zero(),
                starved_ns: zero(),
                size: zero(),
                batches: zero(),
                batched: zero(),
                by_size: zero(),
                by_linger: zero(),
                by_demand: zero(),
            },
            errors: zero(),
            panics: zero(),
            timeouts: zero(),
            chunk: zero(),
            workers: zero(),
            join_ns: zero(),
        }
    }

    /// A run ended on the calling thread. `open`: helpers take it over.
    #[inline]
    pub(crate) fn ran_alone(&self, open: bool, items: u64, blocks: u64) {
        let run = u64::from(!open);
        if !open {
            self.alone.runs.bump(1);
        }
        self.alone.items.bump(items);
        if blocks != run {
            self.alone.more_blocks.bump(blocks.wrapping_sub(run));
        }
    }

    /// How many blocks such runs had.
    pub(super) fn blocks_alone(&self) -> u64 {
        self.alone.runs.get().wrapping_add(self.alone.more_blocks.get())
    }

    /// How long such a run took, where it looked at the clock.
    pub(crate) fn timed_alone(&self, items: u64, time: Duration) {
        let Alone { runs, due, timed_runs, timed_items, timed_ns, .. } = &self.alone;
        timed_runs.bump(1);
        timed_items.bump(items);
        timed_ns.bump(nanos(time));
        let each = timed_ns.get() / timed_runs.get().max(1);
        let skipped = ONE_IN.iter().find(|(below, _)| each < *below).map_or(1, |(_, in_)| *in_);
        due.set(runs.get() + skipped);
    }

    /// Whether a run that is not to look at the clock does, because it is being watched: of short
    /// ones only some, as [`ONE_IN`] says.
    #[inline]
    pub(crate) fn looks_at_clock(&self) -> bool {
        self.alone.runs.get() >= self.alone.due.get()
    }

    /// How many runs had helpers so far.
    pub(crate) fn regions(&self) -> u64 {
        self.open.runs.get()
    }

    /// How often the loop was run.
    #[cfg(feature = "metrics")]
    pub(crate) fn runs(&self) -> u64 {
        self.alone.runs.get() + self.open.runs.get()
    }

    /// A run with helpers ended, `late` if it had started on the calling thread alone.
    pub(crate) fn region(&self, region: &Region, late: bool, wall: Duration) {
        let Region { counts, times } = region;
        self.open.runs.add(1);
        self.open.late.add(u64::from(late));
        self.open.items.add(counts.items);
        self.open.blocks.add(counts.blocks);
        self.open.wall.add_time(wall);
        self.open.busy.add(counts.busy);
        self.open.longest.add(counts.longest);
        let all = nanos(wall).saturating_mul(u64::from(counts.workers));
        self.open.idle.add(all.saturating_sub(counts.ended));
        self.open.workers.add(u64::from(counts.workers));
        self.open.wakes.add(u64::from(counts.wakes));
        self.open.claiming.add_time(times.claiming);
        self.open.merging.add_time(times.merging);
        self.open.turning.add_time(times.turning);
        if !times.sampled.is_zero() {
            self.open.sampled.add_time(times.sampled);
            self.open.processor.add_time(times.usage.processor);
            self.open.waits.add(times.usage.waits);
            self.open.preempted.add(times.usage.preempted);
            self.open.sampled_wall.add_time(wall);
        }
    }

    /// A run on helpers that were about ended. It `took` so long, if that was looked at, and so did
    /// as many more as it `stands_for`; its workers were busy all the time, as far as is known.
    pub(crate) fn near(&self, mut counts: Counts, took: Option<Duration>, stands_for: u32) {
        let wall = took.unwrap_or_default().saturating_mul(stands_for);
        counts.longest = nanos(wall);
        counts.busy = counts.longest.saturating_mul(u64::from(counts.workers));
        counts.ended = counts.busy;
        self.region(&Region { counts, times: Times::default() }, false, wall);
    }

    /// What a loop's plan says, when it opens a region.
    pub(crate) fn planned(&self, chunk: Option<usize>, workers: usize, join_ns: u64) {
        self.chunk.set(chunk.unwrap_or(0) as u64);
        self.workers.raise(workers as u64);
        self.join_ns.set(join_ns);
    }

    /// What went through the queue of a loop.
    pub(crate) fn queued(&self, figures: &QueueFigures) {
        let queue = &self.queue;
        queue.bound.set(figures.bound as u64);
        queue.peak.raise(figures.peak as u64);
        queue.admitted.add(figures.admitted);
        queue.dropped.add(figures.dropped);
        queue.blocked.add(figures.blocked);
        queue.blocked_ns.add_time(figures.blocked_time);
        queue.starved.add(figures.starved);
        queue.starved_ns.add_time(figures.starved_time);
        queue.size.set(figures.size as u64);
        queue.batches.add(figures.batches);
        queue.batched.add(figures.batched);
        queue.by_size.add(figures.by_size);
        queue.by_linger.add(figures.by_linger);
        queue.by_demand.add(figures.by_demand);
    }
}

/// Of runs shorter than so many nanoseconds, one in so many looks at the clock, which takes some
/// 100 ns with all that goes with it: below 1 %.
const ONE_IN: [(u64, u64); 4] = [(50, 1024), (200, 256), (1_000, 64), (4_000, 16)];

/// What the workers of one region did together.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Region {
    pub(crate) counts: Counts,
    pub(crate) times: Times,
}

/// What is counted of any region, in one line of the cache, which workers hand on. Times are
/// nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) workers: u32,
    pub(crate) wakes: u32,
    /// Items that ran, with those of claims that an exit left: what the place learns from.
    pub(crate) ran: usize,
    pub(crate) items: u64,
    pub(crate) blocks: u64,
    pub(crate) busy: u64,
    pub(crate) longest: u64,
    /// When they ended, after the region's start, added up.
    pub(crate) ended: u64,
}

/// What is measured where somebody watches, or where workers wait for turns.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Times {
    pub(crate) claiming: Duration,
    pub(crate) merging: Duration,
    pub(crate) turning: Duration,
    pub(crate) sampled: Duration,
    pub(crate) usage: Usage,
}

/// What other workers of the same region did.
impl AddAssign for Counts {
    #[inline]
    fn add_assign(&mut self, other: Self) {
        self.workers += other.workers;
        self.wakes += other.wakes;
        self.ran += other.ran;
        self.items += other.items;
        self.blocks += other.blocks;
        self.busy += other.busy;
        self.longest = self.longest.max(other.longest);
        self.ended += other.ended;
    }
}

/// What other workers of the same region did.
impl AddAssign for Region {
    fn add_assign(&mut self, other: Self) {
        self.counts += other.counts;
        self.times.add(&other.times);
    }
}

impl Times {
    /// Adds what other workers of the same region measured.
    pub(super) fn add(&mut self, other: &Self) {
        self.claiming += other.claiming;
        self.merging += other.merging;
        self.turning += other.turning;
        self.sampled += other.sampled;
        self.usage = self.usage.plus(other.usage);
    }
}

impl QueueFigures {
    /// Adds those of another queue of the same place.
    pub(crate) fn add(&mut self, other: &Self) {
        self.peak = self.peak.max(other.peak);
        self.admitted += other.admitted;
        self.dropped += other.dropped;
        self.blocked += other.blocked;
        self.blocked_time += other.blocked_time;
        self.starved += other.starved;
        self.starved_time += other.starved_time;
        self.batches += other.batches;
        self.batched += other.batched;
        self.by_size += other.by_size;
        self.by_linger += other.by_linger;
        self.by_demand += other.by_demand;
    }

    /// A batch of `items` goes off: `full`, or because nothing more comes (`ended`), or since its
    /// first item has waited long enough.
    pub(crate) fn batch(&mut self, items: usize, full: bool, ended: bool) {
        self.batches += 1;
        self.batched += items as u64;
        match (full, ended) {
            (true, _) => self.by_size += 1,
            (false, true) => self.by_demand += 1,
            (false, false) => self.by_linger += 1,
        }
    }
}

/// What went through a queue.
#[derive(Clone, Copy, Debug, Default)]
pub struct QueueFigures {
    /// How many may wait; 0: any number.
    pub(crate) bound: usize,
    /// How many do now.
    pub(crate) waiting: usize,
    /// How many did, at most.
    pub(crate) peak: usize,
    pub(crate) admitted: u64,
    pub(crate) dropped: u64,
    /// How often and how long a producer waited for room.
    pub(crate) blocked: u64,
    pub(crate) blocked_time: Duration,
    /// How often and how long workers waited for items.
    pub(crate) starved: u64,
    pub(crate) starved_time: Duration,
    /// The size of a full batch; 0: there are none.
    pub(crate) size: usize,
    pub(crate) batches: u64,
    pub(crate) batched: u64,
    /// Why batches went off: full, after `linger`, because the source ended or somebody waited.
    pub(crate) by_size: u64,
    pub(crate) by_linger: u64,
    pub(crate) by_demand: u64,
}
