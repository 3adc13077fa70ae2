//! What running a loop has taught its place, and what follows for the next run.
//!
//! What an item costs is a moving average over the place's runs. A run whose estimate is below
//! what a helper is worth stays on the calling thread:
//!
//! * 4 us, when a helper lingers, or when all are at work (then none need be called); 1 us where
//!   the run can be [brief](crate::looping);
//! * else twice the time that a called helper is on its way, which the crews measure.
//!
//! Runs that stay alone look at the clock after an eighth of their items, in case they turn out
//! dearer, and at the end, to learn. That is too dear for tiny runs, so only some of them do. But
//! more workers than the pool has are meant for items that block, some or all of them: there all
//! runs look, and after the first item, unless the items are known to be next to nothing.
//!
//! [`short`] runs are shared if that pays, which is tried out. Runs of light items that follow on no
//! other hardly ever look.
//!
//! What is said here of a place is said of its runs of about one length: see [`lengths`].
//!
//! The counters are read and written with plain relaxed loads and stores: a lost update costs a
//! little learning, a read-modify-write would cost 6 ns each. None of this is a protocol, so the
//! atomics are `std`'s also under loom.

mod lengths;
mod short;

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::clock::{at_ns, nanos};
use crate::pool::{PATIENCE, Pool};
use crate::region::run_at_once;
use lengths::{Lengths, class_of};
use short::PAYS;
pub(crate) use short::TIMED;

/// What running a loop has taught.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Profile {
    /// What is known of other lengths. Full lines of the cache: what follows begins one.
    lengths: Lengths,
    /// Picoseconds an item keeps a worker busy, as a moving average; 0: not known yet.
    item_ps: AtomicU64,
    /// How many items a run has, as a moving average: for sources that do not say.
    items: AtomicU64,
    /// Picoseconds an item takes in runs that stay alone, as a moving average; 0: not known yet.
    alone_ps: AtomicU64,
    /// Tiny runs so far.
    tiny: AtomicU32,
    /// What short shared runs take of the time that they would take alone, in 1024ths, as a moving
    /// average.
    ratio: AtomicU32,
    /// Short runs so far that found a helper about.
    near: AtomicU32,
    /// The class of lengths that the last run was of, and that all of this is about.
    class: AtomicU32,
    /// How many looks in a row found a run that followed on no other; [`APART`] at most.
    apart: AtomicU32,
    /// Runs that can be brief are.
    #[cfg(test)]
    pub(crate) is_near: std::sync::atomic::AtomicBool,
}

/// How a loop is to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// On the calling thread. After `check_after` items, look at the clock and ask
    /// [`Profile::reconsider`]; if that many items are not there, the clock is not looked at.
    Inline {
        /// At least 1; `usize::MAX` for never.
        check_after: usize,
    },
    /// With helpers.
    Open,
    /// With the helpers that are about, being too short for others.
    Near,
}

/// Runs of light items that are shorter than this, in picoseconds, and find no helper about: one in
/// [`SAMPLE_FAR`] looks at the clock and asks whether a helper is due, and stands for the others.
/// What that takes is not in the caches when such runs are rare: 3 us after 1 ms of sleep.
const FAR_PS: u64 = 40_000_000;
const SAMPLE_FAR: u32 = 4;

/// Where so many looks in a row found a run of light items that followed on no other, no helper would
/// find the next one. Then these samples are rarer, by this power of two, and whether a helper is about
/// is not looked at either: what that takes when it is not in the caches counts for more than what it
/// could lead to. (10,000 items of 1 ns after 1 ms of sleep took 0.7 to 1.1 us more than the plain loop,
/// now 0.2 to 0.5.)
const APART: u32 = 2;
const RARER: u32 = 2;

/// Below this a region is not worth even a helper that is there, in picoseconds. A region costs
/// 1 us: half as much again gains a fifth, at twice the processor time.
const NEAR_PS: u64 = 4_000_000;

/// The same of a [brief](crate::looping) run: that costs half of it.
const BRIEF_PS: u64 = 1_000_000;

/// Below this, three looks at the clock (84 to 120 ns) are too dear for every run, in picoseconds.
const LOOK_PS: u64 = 4_000_000;

/// Of the runs below that, one in this many looks at the clock all the same.
const SAMPLE: u32 = 16;

/// Of runs below this, in picoseconds, only one in [`SAMPLE_SHORT`] does: 2 ns a run.
const SHORT_PS: u64 = 400_000;
const SAMPLE_SHORT: u32 = 64;

/// Runs that are thought to be shorter than this, in picoseconds, are not asked about their length:
/// that takes 5 ns where it changes.
const LENGTH_PS: u64 = 1_000_000;

/// What an attempt starts with: a few losses end it, and not the first one alone (a helper that has
/// just been woken has nothing in its caches; with one loss to end it, every second attempt on 10 us
/// of work failed, and it stayed alone for milliseconds).
const ATTEMPT: u32 = 800;

/// Regions shorter than this seldom look at the processor time, in picoseconds of work.
const USAGE_PS: u64 = 500_000_000;

/// Items below this are never waiting for anything: not even a look into a cache takes less.
const LIGHT_PS: u64 = 20_000;

/// Items above this are taken to block, or to be worth a thread each, in picoseconds.
const HEAVY_PS: u64 = 20_000_000;

/// The longest that workers beyond the cores stay away.
const LONGEST_PATIENCE: Duration = Duration::from_millis(50);

/// On the calling thread, without a look at the clock.
const NEVER: Decision = Decision::Inline { check_after: usize::MAX };

impl Profile {
    pub(crate) const fn new() -> Self {
        Self {
            lengths: Lengths::new(),
            item_ps: AtomicU64::new(0),
            items: AtomicU64::new(0),
            alone_ps: AtomicU64::new(0),
            tiny: AtomicU32::new(0),
            ratio: AtomicU32::new(ATTEMPT),
            near: AtomicU32::new(0),
            class: AtomicU32::new(0),
            apart: AtomicU32::new(0),
            #[cfg(test)]
            is_near: std::sync::atomic::AtomicBool::new(false),
        }
    }

    /// How a loop over about `len` items (`None`: not known) is to start on `pool` with `workers`.
    /// An unknown cost opens: probing alone would make the caller do a few heavy items alone. `brief`:
    /// whether its types and what was asked allow for a brief run.
    // As a call it would cost a region of one item 25 instructions.
    #[inline(always)]
    pub(crate) fn decide(
        &self,
        pool: &Pool,
        len: Option<usize>,
        workers: usize,
        brief: bool,
    ) -> Decision {
        if workers <= 1 {
            return NEVER;
        }
        let item = self.item_ps.load(Relaxed);
        let items = match len {
            Some(len) => len as u64,
            None => self.items.load(Relaxed),
        };
        if items == 1 {
            return NEVER;
        }
        let mut estimate = item.saturating_mul(items);
        let class = class_of(items);
        if (estimate >= LENGTH_PS || item == 0) && class != self.class.load(Relaxed) {
            estimate = self.turn_to(class).saturating_mul(items);
        }
        if estimate == 0 {
            // No items, or nothing known of them.
            return if len == Some(0) { NEVER } else { Decision::Open };
        }
        #[cfg(test)]
        if brief && self.is_near.load(Relaxed) {
            return Decision::Near;
        }
        let looks = Decision::Inline {
            check_after: usize::try_from(items.div_ceil(8)).unwrap_or(usize::MAX),
        };
        if self.are_apart() && estimate < FAR_PS && self.light() {
            return if self.is_one_in(sample_of(estimate) << RARER) { looks } else { NEVER };
        }
        let brief = brief && workers <= pool.workers();
        if estimate >= if brief { BRIEF_PS } else { NEAR_PS }
            && let Some(decision) = self.long_enough(estimate, len, pool, workers, brief)
        {
            return decision;
        }
        if workers > pool.workers() && item >= LIGHT_PS {
            return Decision::Inline { check_after: 1 };
        }
        if estimate < LOOK_PS && !self.is_one_in(sample_of(estimate)) { NEVER } else { looks }
    }

    /// Whether runs follow on no others.
    #[inline]
    fn are_apart(&self) -> bool {
        self.apart.load(Relaxed) >= APART
    }

    /// Counts one of the runs of which one in `sample` looks at the clock, and whether this one does.
    #[inline]
    fn is_one_in(&self, sample: u32) -> bool {
        let tiny = self.tiny.load(Relaxed);
        self.tiny.store(tiny.wrapping_add(1), Relaxed);
        tiny.is_multiple_of(sample)
    }

    /// The next run is of another length. Returns what an item costs there, as far as is known: as
    /// much as in the last run, if there was none before.
    #[inline(never)]
    fn turn_to(&self, class: u32) -> u64 {
        let item = self.item_ps.load(Relaxed);
        let known = (item, self.alone_ps.load(Relaxed), self.ratio.load(Relaxed));
        let of = self.class.load(Relaxed);
        self.class.store(class, Relaxed);
        let (item, alone, ratio) =
            self.lengths.exchange(of, known, class).unwrap_or((item, 0, ATTEMPT));
        self.item_ps.store(item, Relaxed);
        self.alone_ps.store(alone, Relaxed);
        self.ratio.store(ratio, Relaxed);
        item
    }

    /// How many of `workers` are of use: more than the cores only where items may wait for
    /// something. For others they are more threads to call and to switch between.
    #[inline]
    pub(crate) fn useful(&self, workers: usize) -> usize {
        // That many run at once anywhere, without a look at how many there are.
        if workers > 2 && self.light() { workers.min(run_at_once()) } else { workers }
    }

    /// Whether, the first `done` items of a run alone having taken `busy`, the `rest` is worth
    /// helpers. Nothing is learned from a beginning (it warms the caches up), unless it is so dear.
    pub(crate) fn reconsider(
        &self,
        pool: &Pool,
        done: usize,
        busy: Duration,
        rest: usize,
        workers: usize,
    ) -> bool {
        let item = picoseconds(busy) / (done.max(1) as u64);
        let rest = item.saturating_mul(rest as u64);
        let open = workers > 1
            && rest >= NEAR_PS
            && match pool.helper_delay_ns(workers) {
                None => self.ratio.load(Relaxed) < PAYS,
                Some(delay) => rest >= far_ps(delay),
            };
        if open {
            average(&self.item_ps, item);
        }
        open
    }

    /// Takes in that the `items` items of a run kept workers busy for `busy`, all workers' time
    /// together.
    pub(crate) fn learned(&self, items: usize, busy: Duration) {
        if items > 0 {
            average(&self.items, items as u64);
            average(&self.item_ps, picoseconds(busy) / items as u64);
        }
    }

    /// As [`learned`](Self::learned), of a run that the calling thread did alone, from `since` on.
    pub(crate) fn learned_alone(
        &self,
        pool: &Pool,
        workers: usize,
        items: usize,
        since: Instant,
        took: Duration,
    ) {
        self.learned(items, took);
        if items > 0 && workers > 1 && picoseconds(took) >= BRIEF_PS / 2 {
            average(&self.alone_ps, picoseconds(took) / items as u64);
            if picoseconds(took) < NEAR_PS / 2 {
                return;
            }
            let from = at_ns(since);
            let stands_for = self.stands_for(picoseconds(took));
            let debt = &pool.gauge(workers).debt;
            let follows = debt.ran_alone(from, from.saturating_add(nanos(took)), stands_for);
            let apart = if follows { 0 } else { (self.apart.load(Relaxed) + 1).min(APART) };
            self.apart.store(apart, Relaxed);
        }
    }

    /// Whether workers of a region over `left` items, the place's `regions`-th, are to look at
    /// their processor time, which takes two system calls: if it is thought to be long; of short
    /// ones, one in 64.
    pub(crate) fn looks_at_usage(&self, left: Option<usize>, regions: u64) -> bool {
        let item = self.item_ps.load(Relaxed);
        let items = left.map_or_else(|| self.items.load(Relaxed), |left| left as u64);
        let estimate = item.saturating_mul(items);
        estimate == 0 || estimate >= USAGE_PS || regions.is_multiple_of(64)
    }

    /// Whether items are known not to wait for anything.
    pub(crate) fn light(&self) -> bool {
        (1..LIGHT_PS).contains(&self.item_ps.load(Relaxed))
    }

    /// What an item is known to cost, in nanoseconds, as a moving average over the last runs.
    pub(crate) fn item_cost(&self) -> Option<f64> {
        let item = self.item_ps.load(Relaxed);
        (item > 0).then_some(item as f64 / 1000.0)
    }

    /// How long workers beyond the cores are to stay away: until the run over `left` items ought
    /// to be over, unless its items seem to block.
    pub(crate) fn patience(&self, left: Option<usize>) -> Duration {
        let item = self.item_ps.load(Relaxed);
        match left {
            _ if item >= HEAVY_PS => Duration::ZERO,
            Some(left) if item > 0 => {
                let estimate = Duration::from_nanos(item.saturating_mul(left as u64) / 1000);
                PATIENCE.saturating_add(estimate).min(LONGEST_PATIENCE)
            }
            _ => PATIENCE,
        }
    }
}

/// Of runs of that estimate that do without the clock, one in so many looks at it.
#[inline]
fn sample_of(estimate: u64) -> u32 {
    match estimate {
        ..SHORT_PS => SAMPLE_SHORT,
        SHORT_PS..LOOK_PS => SAMPLE,
        _ => SAMPLE_FAR,
    }
}

/// Moves `known` a quarter of the way to `seen`; never to 0, which stands for not known.
fn average(known: &AtomicU64, seen: u64) {
    let seen = seen.max(1);
    let next = match known.load(Relaxed) {
        0 => seen,
        before => before - before / 4 + seen / 4,
    };
    known.store(next.max(1), Relaxed);
}

/// What a run must take to be worth calling a helper who is on the way for `delay_ns`.
fn far_ps(delay_ns: u64) -> u64 {
    delay_ns.saturating_mul(2 * 1000).max(NEAR_PS)
}

fn picoseconds(time: Duration) -> u64 {
    nanos(time).saturating_mul(1000)
}

#[cfg(all(test, not(loom)))]
mod tests;
