//! Runs that are worth a helper who is there and not one who must be called.
//!
//! Here estimates do not suffice. Back to back they have a helper called at last (see
//! [`Debt`](crate::region)), who then finds the next ones at once. But what that gains is the
//! machine's to say: two threads of one core share its units, and a cloud's "processors" are such
//! threads one minute and cores the next (measured here: from 1.0x to 2.0x within seconds). So the
//! place compares what its shared runs take with what its runs alone take, by the item, and
//! shares no more short ones while that does not pay; a few of them run alone for the comparison.

use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use super::{
    ATTEMPT, Decision, FAR_PS, NEAR_PS, NEVER, Profile, RARER, SAMPLE_FAR, far_ps, picoseconds,
};
use crate::clock::{at_ns, now_ns};
use crate::pool::Pool;
use crate::region::Gauge;

/// Longer runs are not brief, in picoseconds: their claims adapt to what items turn out to cost.
const BRIEF_LONGEST_PS: u64 = 400_000_000;

/// Of brief runs, one in so many looks at the clock.
pub(crate) const TIMED: u32 = 4;

/// A worker's part of a brief run is one claim if it takes less than this, in picoseconds: else its
/// end would be taken by another, whose core then has to fetch what it touches, and the first one's
/// again in the next run. That takes as long as 4 us of additions do.
const WHOLE_PS: u64 = 4_000_000;

/// What a claim of a longer part should take at least, in picoseconds.
const CLAIM_PS: u64 = 1_000_000;

/// What a brief run that nobody joined counts for beside one alone, in 1024ths.
const IN_VAIN: u32 = 1152;

/// Of runs below this that could be shared, one in [`SAMPLE_ALONE`] is not, to compare, in
/// picoseconds. A longer one would outlast the patience of the helper that lingers; besides, the
/// longer the run, the less a region can lose.
const COMPARE_PS: u64 = 9_000_000;
const SAMPLE_ALONE: u32 = 64;

/// After so many runs that found a helper and left it alone, one tries again.
const SAMPLE_AGAIN: u32 = 1024;

/// Sharing pays if it takes less than this of the time alone, in 1024ths.
pub(super) const PAYS: u32 = 920;

impl Profile {
    /// [`short`](Self::short) with what is known of the helpers now.
    #[inline(never)]
    pub(super) fn long_enough(
        &self,
        estimate: u64,
        len: Option<usize>,
        pool: &Pool,
        workers: usize,
        brief: bool,
    ) -> Option<Decision> {
        let delay = pool.helper_delay_ns(workers);
        self.short(estimate, len, pool.gauge(workers), delay, brief)
    }

    /// How a run of `estimate` is to start, if it is long enough for helpers, by itself or as one of
    /// many.
    #[inline]
    pub(super) fn short(
        &self,
        estimate: u64,
        len: Option<usize>,
        gauge: &Gauge,
        delay: Option<u64>,
        brief: bool,
    ) -> Option<Decision> {
        let far = far_ps(gauge.join_ns());
        match delay {
            None if estimate >= if brief { BRIEF_LONGEST_PS } else { far } => Some(Decision::Open),
            None => {
                let near = self.near.load(Relaxed);
                self.near.store(near.wrapping_add(1), Relaxed);
                if self.ratio.load(Relaxed) >= PAYS && estimate < far {
                    // Somebody else's helper: try again now and then.
                    if near.is_multiple_of(SAMPLE_AGAIN) {
                        self.ratio.store(ATTEMPT, Relaxed);
                    }
                    return None;
                }
                match len {
                    Some(len) if estimate < COMPARE_PS && near.is_multiple_of(SAMPLE_ALONE) => {
                        Some(Decision::Inline { check_after: len })
                    }
                    _ if brief => Some(Decision::Near),
                    _ => Some(Decision::Open),
                }
            }
            Some(_) if estimate >= far => Some(Decision::Open),
            // It was not for these that a helper came.
            Some(_) if estimate < NEAR_PS => None,
            Some(delay) => {
                let stands_for = self.stands_for(estimate);
                if stands_for > 1 && !self.is_one_in(stands_for) {
                    return Some(NEVER);
                }
                let due = gauge.debt.due(now_ns(), delay, gauge.call_ns());
                if due {
                    self.ratio.store(self.ratio.load(Relaxed).min(ATTEMPT), Relaxed);
                }
                due.then_some(Decision::Open)
            }
        }
    }

    /// How many runs of `estimate` one stands for that looks at the clock though no helper is about.
    pub(super) fn stands_for(&self, estimate: u64) -> u32 {
        if estimate >= FAR_PS || !self.light() {
            return 1;
        }
        if self.are_apart() { SAMPLE_FAR << RARER } else { SAMPLE_FAR }
    }

    /// As [`learned`](Self::learned), of a run that ended at `ended` and had a helper all the
    /// time, without calling one, and which took `wall` from start to end; so did as many more as it
    /// `stands_for`.
    pub(crate) fn learned_shared(
        &self,
        pool: &Pool,
        workers: usize,
        items: usize,
        ended: Instant,
        wall: Duration,
        stands_for: u32,
    ) {
        let alone = self.alone_ps.load(Relaxed).saturating_mul(items as u64);
        let gauge = pool.gauge(workers);
        if alone == 0 || alone >= far_ps(gauge.join_ns()) {
            return;
        }
        let wall = picoseconds(wall);
        // Three halves at most: a run that was interrupted tells nothing.
        let seen = (wall.min(2 * alone) * 1024 / alone).min(1536) as u32;
        let known = self.ratio.load(Relaxed);
        self.ratio.store(known - known / 8 + seen / 8, Relaxed);
        let gain = alone.cast_signed() - wall.cast_signed();
        gauge.debt.shared(at_ns(ended), gain / 1000 * i64::from(stands_for));
    }

    /// As [`learned_shared`](Self::learned_shared) and [`learned`](Self::learned), of a brief run.
    /// What its workers were busy for is not known, only what it took with as many as it `had`.
    pub(crate) fn learned_near(
        &self,
        pool: &Pool,
        workers: usize,
        items: usize,
        ended: Instant,
        wall: Duration,
        had: u32,
    ) {
        let took = picoseconds(wall);
        let ratio = self.ratio.load(Relaxed);
        // The longer ones are shared almost without loss; of the others it is known how much.
        let alone = if had < 2 || took >= COMPARE_PS {
            took.saturating_mul(u64::from(had))
        } else {
            took.saturating_mul(1024) / u64::from(ratio.max(512))
        };
        self.learned(items, Duration::from_nanos(alone / 1000));
        if had > 1 {
            self.learned_shared(pool, workers, items, ended, wall, TIMED);
        } else {
            // All were at work elsewhere: in vain.
            self.ratio.store(ratio - ratio / 8 + IN_VAIN / 8, Relaxed);
        }
    }

    /// Whether the brief run about to start, which `near` counts already, looks at the clock: one in
    /// [`TIMED`].
    pub(crate) fn is_timed(&self) -> bool {
        self.near.load(Relaxed) % TIMED == 2
    }

    /// How many items are worth a claim of a brief run over `len` items.
    pub(crate) fn worth_a_claim(&self, len: usize, workers: usize) -> usize {
        let item = self.item_ps.load(Relaxed).max(1);
        let part = item.saturating_mul((len / workers.max(1)) as u64);
        if part < WHOLE_PS {
            return usize::MAX;
        }
        usize::try_from(CLAIM_PS / item).unwrap_or(usize::MAX).max(1)
    }
}
