//! One annotated place in the user's code: its name, where it stands, what was asked, and what
//! running it has taught.
//!
//! The profile is a handful of counters, read and written with plain relaxed loads and stores
//! (a lost update costs a little learning, a read-modify-write costs 6 ns each).

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::pool::Pool;

/// The static that every annotated loop or task function owns.
#[derive(Debug)]
pub struct Site {
    name: &'static str,
    file: &'static str,
    line: u32,
    plan: &'static str,
    profile: Profile,
}

/// What running a loop has taught.
#[derive(Debug)]
struct Profile {
    /// Picoseconds an item keeps a worker busy, as a moving average; 0: not known yet.
    item_ps: AtomicU64,
    /// Runs since the last that looked at the clock.
    blind: AtomicU32,
}

/// How a loop is to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// On the calling thread. After `check_after` items, look at the clock and ask
    /// [`Site::reconsider`]; if that many items are not there, the clock is not looked at.
    Inline {
        /// At least 1; `usize::MAX` for never.
        check_after: usize,
    },
    /// With helpers.
    Open,
}

/// A loop of less than this is not worth a helper, in picoseconds.
const WORTH_PS: u64 = 20_000_000;

/// Below this, two looks at the clock (56 ns) are too dear for every run, in picoseconds.
const WORTH_A_LOOK_PS: u64 = 600_000;

/// Of the runs below that, one in this many looks at the clock all the same.
const BLIND_RUNS: u32 = 32;

impl Site {
    /// A site that has not run yet. `plan` is the attribute as the user wrote it.
    #[must_use]
    pub const fn new(
        name: &'static str,
        file: &'static str,
        line: u32,
        plan: &'static str,
    ) -> Self {
        let profile = Profile { item_ps: AtomicU64::new(0), blind: AtomicU32::new(0) };
        Self { name, file, line, plan, profile }
    }

    /// How a loop over `len` items (`None`: not known) is to start on `pool` with `workers`.
    /// An unknown cost opens: probing alone would make the caller do a few heavy items alone.
    #[inline]
    pub(crate) fn decide(&self, pool: &Pool, len: Option<usize>, workers: usize) -> Decision {
        let _ = pool;
        let never = Decision::Inline { check_after: usize::MAX };
        if workers <= 1 {
            return never;
        }
        let Some(len) = len else { return Decision::Open };
        if len <= 1 {
            return never;
        }
        let item = self.profile.item_ps.load(Relaxed);
        if item == 0 {
            return Decision::Open;
        }
        let estimate = item.saturating_mul(len as u64);
        if estimate >= WORTH_PS {
            return Decision::Open;
        }
        if estimate < WORTH_A_LOOK_PS {
            let blind = self.profile.blind.load(Relaxed);
            self.profile.blind.store(blind.wrapping_add(1), Relaxed);
            if blind % BLIND_RUNS != 0 {
                return never;
            }
        }
        Decision::Inline { check_after: len.div_ceil(8) }
    }

    /// Called after the first `done` items of an inline run took `busy`: learns from them, and
    /// says whether the `rest` is worth helpers.
    pub(crate) fn reconsider(
        &self,
        pool: &Pool,
        done: usize,
        busy: Duration,
        rest: usize,
        workers: usize,
    ) -> bool {
        let _ = pool;
        self.learned(done, busy);
        let item = picoseconds(busy) / (done.max(1) as u64);
        workers > 1 && rest > 1 && item.saturating_mul(rest as u64) >= WORTH_PS
    }

    /// Takes in that `items` items kept workers busy for `busy`, all workers' time together.
    pub(crate) fn learned(&self, items: usize, busy: Duration) {
        if items == 0 {
            return;
        }
        let seen = (picoseconds(busy) / items as u64).max(1);
        let known = self.profile.item_ps.load(Relaxed);
        let next = if known == 0 { seen } else { known - known / 4 + seen / 4 };
        self.profile.item_ps.store(next.max(1), Relaxed);
    }

    /// What an item is known to cost in nanoseconds, as a moving average over the last runs.
    pub(crate) fn item_cost(&self) -> Option<f64> {
        let item = self.profile.item_ps.load(Relaxed);
        (item > 0).then(|| item as f64 / 1000.0)
    }
}

fn picoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).saturating_mul(1000)
}
