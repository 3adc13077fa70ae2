//! One annotated place in the user's code: its name, where it stands, what was asked, and what
//! running it has taught.
//!
//! What an item costs is a moving average over the place's runs. A run whose estimate is below
//! what a helper is worth stays on the calling thread:
//!
//! * 2.5 us, when a helper lingers, or when all are at work (then none need be called);
//! * else twice the time that a called helper is on its way, which the crews measure.
//!
//! Runs that stay alone look at the clock after an eighth of their items, in case they turn out
//! dearer, and at the end, to learn. That is too dear for tiny runs, so only some of them do. But
//! more workers than the pool has are meant for items that block, some or all of them: there all
//! runs look, and after the first item, unless the items are known to be next to nothing.
//!
//! Short runs back to back run up a debt; when that exceeds what calling a helper
//! costs, one is called, and the runs that follow find it lingering. If they do not, the next call
//! waits for twice the debt, and so on: nobody pays for helpers that do not help.
//!
//! The counters are read and written with plain relaxed loads and stores: a lost update costs a
//! little learning, a read-modify-write would cost 6 ns each. None of this is a protocol, so the
//! atomics are `std`'s also under loom.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::clock::{nanos, now_ns};
use crate::pool::{PATIENCE, Pool};
use crate::report::{Published, Tally, register};

/// The static that every annotated loop or task function owns.
#[derive(Debug)]
pub struct Site {
    name: &'static str,
    file: &'static str,
    line: u32,
    plan: &'static str,
    profile: Profile,
    /// What is counted for the report.
    tally: Tally,
    /// Whether the report knows of this place.
    known: AtomicBool,
    /// What the feature `metrics` knows of this place.
    published: Published,
}

/// What running a loop has taught.
#[derive(Debug)]
struct Profile {
    /// Picoseconds an item keeps a worker busy, as a moving average; 0: not known yet.
    item_ps: AtomicU64,
    /// How many items a run has, as a moving average: for sources that do not say.
    items: AtomicU64,
    /// Tiny runs so far.
    tiny: AtomicU32,
    /// Picoseconds of short runs back to back since a helper was called for them.
    debt_ps: AtomicU64,
    /// When the last short run was to end, in nanoseconds of [`now_ns`].
    ends_ns: AtomicU64,
    /// How often in a row a helper was called for the debt and was not there for the next runs.
    in_vain: AtomicU32,
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

/// Below this a region is not worth even a helper that is there, in picoseconds.
const NEAR_PS: u64 = 2_500_000;

/// Below this, three looks at the clock (84 ns) are too dear for every run, in picoseconds.
const LOOK_PS: u64 = 2_000_000;

/// Of the runs below that, one in this many looks at the clock all the same.
const SAMPLE: u32 = 16;

/// Of runs below this, in picoseconds, only one in [`SAMPLE_SHORT`] does: 2 ns a run.
const SHORT_PS: u64 = 400_000;
const SAMPLE_SHORT: u32 = 64;

/// Runs this far apart still count as back to back, in nanoseconds: a helper lingers for longer.
const PAUSE_NS: u64 = 5_000;

/// The most that the debt is multiplied with after helpers called in vain, as a power of two.
const IN_VAIN: u32 = 8;

/// Regions shorter than this seldom look at the processor time, in picoseconds of work.
const USAGE_PS: u64 = 500_000_000;

/// Items below this are never waiting for anything: not even a look into a cache takes less.
const LIGHT_PS: u64 = 20_000;

/// Items above this are taken to block, or to be worth a thread each, in picoseconds.
const HEAVY_PS: u64 = 20_000_000;

/// The longest that workers beyond the cores stay away.
const LONGEST_PATIENCE: Duration = Duration::from_millis(50);

impl Site {
    /// A site that has not run yet. `plan` is the attribute as the user wrote it.
    #[must_use]
    pub const fn new(
        name: &'static str,
        file: &'static str,
        line: u32,
        plan: &'static str,
    ) -> Self {
        Self {
            name,
            file,
            line,
            plan,
            profile: Profile::new(),
            tally: Tally::new(),
            known: AtomicBool::new(false),
            published: Published::new(),
        }
    }

    /// The function's name, or what `name = ".."` says.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The source file, as rustc was given it.
    #[must_use]
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// The line of the loop's keyword, or of the function's.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The attributes as the user wrote them.
    #[must_use]
    pub fn plan(&self) -> &'static str {
        self.plan
    }

    /// The place is entered: from the first time on, the report lists it.
    #[inline]
    pub(crate) fn enter(&'static self) {
        if !self.known.load(Relaxed) {
            register(self);
            self.known.store(true, Relaxed);
        }
    }

    /// What is counted for the report.
    #[inline]
    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// What the feature `metrics` knows of this place.
    #[inline(always)]
    pub(crate) fn published(&self) -> &Published {
        &self.published
    }

    /// How a loop over about `len` items (`None`: not known) is to start on `pool` with `workers`.
    /// An unknown cost opens: probing alone would make the caller do a few heavy items alone.
    #[inline]
    pub(crate) fn decide(&self, pool: &Pool, len: Option<usize>, workers: usize) -> Decision {
        const NEVER: Decision = Decision::Inline { check_after: usize::MAX };
        if workers <= 1 {
            return NEVER;
        }
        let item = self.profile.item_ps.load(Relaxed);
        let items = match len {
            Some(len) => len as u64,
            None => self.profile.items.load(Relaxed),
        };
        if items == 1 {
            return NEVER;
        }
        let estimate = item.saturating_mul(items);
        if estimate == 0 {
            // No items, or nothing known of them.
            return if len == Some(0) { NEVER } else { Decision::Open };
        }
        if estimate >= NEAR_PS && self.profile.worth(estimate, pool, workers) {
            return Decision::Open;
        }
        if workers > pool.workers() && item >= LIGHT_PS {
            return Decision::Inline { check_after: 1 };
        }
        if estimate < LOOK_PS {
            let tiny = self.profile.tiny.load(Relaxed);
            self.profile.tiny.store(tiny.wrapping_add(1), Relaxed);
            let sample = if estimate < SHORT_PS { SAMPLE_SHORT } else { SAMPLE };
            if !tiny.is_multiple_of(sample) {
                return NEVER;
            }
        }
        Decision::Inline { check_after: usize::try_from(items.div_ceil(8)).unwrap_or(usize::MAX) }
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
        let open = workers > 1 && rest >= NEAR_PS && rest >= threshold_ps(pool, workers);
        if open {
            average(&self.profile.item_ps, item);
        }
        open
    }

    /// Takes in that the `items` items of a run kept workers busy for `busy`, all workers' time
    /// together.
    pub(crate) fn learned(&self, items: usize, busy: Duration) {
        if items > 0 {
            average(&self.profile.items, items as u64);
            average(&self.profile.item_ps, picoseconds(busy) / items as u64);
        }
    }

    /// Whether workers of a region over `left` items are to look at their processor time, which
    /// takes two system calls: if it is thought to be long; of short ones, one in 64.
    pub(crate) fn looks_at_usage(&self, left: Option<usize>) -> bool {
        let item = self.profile.item_ps.load(Relaxed);
        let items = left.map_or_else(|| self.profile.items.load(Relaxed), |left| left as u64);
        let estimate = item.saturating_mul(items);
        estimate == 0 || estimate >= USAGE_PS || self.tally.regions().is_multiple_of(64)
    }

    /// What an item is known to cost, in nanoseconds, as a moving average over the last runs.
    pub(crate) fn item_cost(&self) -> Option<f64> {
        let item = self.profile.item_ps.load(Relaxed);
        (item > 0).then_some(item as f64 / 1000.0)
    }

    /// Opens a region for about `left` items (`None`: not known): [`Pool::region`] with the
    /// patience that suits what is known of them.
    pub(crate) fn open<F: Fn(usize) + Sync>(
        &self,
        pool: &Pool,
        workers: usize,
        left: Option<usize>,
        body: &F,
    ) {
        pool.region_with(workers, self.profile.patience(left), body);
    }

    /// [`open`](Self::open) for a loop whose calling thread produces: all workers are called at
    /// once, since what a body does while it waits for items is not known.
    pub(crate) fn open_apart<F: Fn(usize) + Sync>(&self, pool: &Pool, workers: usize, body: &F) {
        pool.region_apart(workers, self.profile.patience(None), body);
    }
}

impl Profile {
    const fn new() -> Self {
        Self {
            item_ps: AtomicU64::new(0),
            items: AtomicU64::new(0),
            tiny: AtomicU32::new(0),
            debt_ps: AtomicU64::new(0),
            ends_ns: AtomicU64::new(0),
            in_vain: AtomicU32::new(0),
        }
    }

    /// Whether a run of `estimate` is worth helpers, by itself or as one of many.
    fn worth(&self, estimate: u64, pool: &Pool, workers: usize) -> bool {
        let threshold = threshold_ps(pool, workers);
        if estimate >= threshold {
            if threshold == NEAR_PS {
                self.in_vain.store(0, Relaxed);
            }
            return true;
        }
        let now = now_ns();
        let follows = now < self.ends_ns.load(Relaxed).saturating_add(PAUSE_NS);
        self.ends_ns.store(now + estimate / 1000, Relaxed);
        let before = if follows { self.debt_ps.load(Relaxed) } else { 0 };
        let debt = before.saturating_add(estimate);
        let in_vain = self.in_vain.load(Relaxed).min(IN_VAIN);
        let due = debt >= threshold << in_vain;
        if due {
            self.in_vain.store(in_vain + 1, Relaxed);
        }
        self.debt_ps.store(if due { 0 } else { debt }, Relaxed);
        due
    }

    /// How long workers beyond the cores are to stay away: until the run ought to be over, unless
    /// its items seem to block.
    fn patience(&self, left: Option<usize>) -> Duration {
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

/// Moves `known` a quarter of the way to `seen`; never to 0, which stands for not known.
fn average(known: &AtomicU64, seen: u64) {
    let seen = seen.max(1);
    let next = match known.load(Relaxed) {
        0 => seen,
        before => before - before / 4 + seen / 4,
    };
    known.store(next.max(1), Relaxed);
}

/// What a run must take to be worth helpers.
fn threshold_ps(pool: &Pool, workers: usize) -> u64 {
    pool.helper_delay_ns(workers).map_or(NEAR_PS, |delay| NEAR_PS.max(2 * 1000 * delay))
}

fn picoseconds(time: Duration) -> u64 {
    nanos(time).saturating_mul(1000)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const ALONE: Decision = Decision::Inline { check_after: usize::MAX };

    fn site() -> Site {
        Site::new("f", "file.rs", 1, "pooled")
    }

    fn knowing(item: Duration) -> Site {
        let site = site();
        site.learned(1, item);
        site
    }

    #[test]
    fn an_unknown_cost_opens_and_one_item_does_not() {
        let pool = Pool::new(2);
        assert_eq!(site().decide(&pool, Some(2), 2), Decision::Open);
        assert_eq!(site().decide(&pool, None, 2), Decision::Open);
        assert_eq!(site().decide(&pool, Some(1), 2), ALONE);
        assert_eq!(site().decide(&pool, Some(0), 2), ALONE);
        assert_eq!(site().decide(&pool, Some(1000), 1), ALONE);
    }

    #[test]
    fn a_long_run_opens_and_a_short_one_looks_at_the_clock_at_most() {
        let pool = Pool::new(2);
        let site = knowing(Duration::from_nanos(10));
        assert_eq!(site.decide(&pool, Some(1_000_000), 2), Decision::Open);
        assert_eq!(site.decide(&pool, Some(usize::MAX), 2), Decision::Open);
        assert_eq!(site.decide(&pool, Some(210), 2), Decision::Inline { check_after: 27 });
    }

    #[test]
    fn of_tiny_runs_one_in_a_few_looks_at_the_clock() {
        let pool = Pool::new(2);
        let looks = |len| {
            let site = knowing(Duration::from_nanos(1));
            let runs = (0..640).map(|_| site.decide(&pool, Some(len), 2));
            runs.filter(|&run| run != ALONE).collect::<Vec<_>>()
        };
        assert_eq!(looks(16), [Decision::Inline { check_after: 2 }; 10]);
        assert_eq!(looks(1600), [Decision::Inline { check_after: 200 }; 40]);
    }

    #[test]
    fn with_more_workers_than_the_pool_has_every_run_looks_after_its_first_item() {
        let pool = Pool::new(2);
        let site = knowing(Duration::from_nanos(50));
        for _ in 0..100 {
            assert_eq!(site.decide(&pool, Some(16), 3), Decision::Inline { check_after: 1 });
        }
    }

    #[test]
    fn a_source_that_does_not_say_its_length_is_thought_to_be_as_long_as_it_was() {
        let pool = Pool::new(2);
        let site = site();
        site.learned(160, Duration::from_nanos(160));
        assert_eq!(site.decide(&pool, None, 2), Decision::Inline { check_after: 20 });
        let site = self::site();
        site.learned(1_000_000, Duration::from_millis(10));
        assert_eq!(site.decide(&pool, None, 2), Decision::Open);
    }

    #[test]
    fn a_run_that_turns_out_dearer_is_worth_helpers_and_is_remembered() {
        let pool = Pool::new(2);
        let site = knowing(Duration::from_nanos(1));
        assert!(!site.reconsider(&pool, 10, Duration::from_nanos(10), 100, 2));
        assert!(!site.reconsider(&pool, 10, Duration::from_millis(10), 100, 1));
        assert_eq!(site.item_cost(), Some(1.0));
        assert!(site.reconsider(&pool, 10, Duration::from_millis(10), 100, 2));
        assert_eq!(site.decide(&pool, Some(100), 2), Decision::Open);
    }

    #[test]
    fn short_runs_back_to_back_call_a_helper_at_last_and_less_and_less_often_in_vain() {
        let pool = Pool::new(2);
        let profile = Profile::new();
        // Nobody runs anything here, so a called helper never lingers at the right time.
        let runs = |opened: usize| {
            profile.ends_ns.store(u64::MAX / 2, Relaxed);
            (1..)
                .find(|_| {
                    let due = profile.worth(5_000_000, &pool, 2);
                    profile.ends_ns.store(u64::MAX / 2, Relaxed);
                    due
                })
                .map(|runs: usize| (opened, runs))
        };
        let (_, first) = runs(1).unwrap();
        let (_, second) = runs(2).unwrap();
        assert!(first > 1, "one short run is not worth a call");
        assert!(second > first);
    }

    #[test]
    fn short_runs_far_apart_run_up_no_debt() {
        let pool = Pool::new(2);
        let profile = Profile::new();
        for _ in 0..1000 {
            profile.ends_ns.store(0, Relaxed);
            // The clock starts with the process: wait until 0 is more than a pause ago.
            while now_ns() <= PAUSE_NS {}
            assert!(!profile.worth(5_000_000, &pool, 2));
        }
    }

    #[test]
    fn the_average_follows_and_never_forgets_that_it_knows() {
        let site = knowing(Duration::from_nanos(100));
        for _ in 0..50 {
            site.learned(100, Duration::ZERO);
        }
        assert!(site.item_cost().is_some_and(|cost| cost < 0.1));
        for _ in 0..50 {
            site.learned(10, Duration::from_micros(10));
        }
        assert!(site.item_cost().is_some_and(|cost| cost > 900.0));
    }

    #[test]
    fn items_that_seem_to_block_get_all_workers_at_once() {
        let patience = |item| knowing(item).profile.patience(Some(1000));
        assert_eq!(patience(Duration::from_millis(5)), Duration::ZERO);
        assert!(patience(Duration::from_nanos(5)) > PATIENCE);
        assert_eq!(patience(Duration::from_micros(19)), PATIENCE + Duration::from_millis(19));
        assert_eq!(site().profile.patience(Some(1000)), PATIENCE);
    }
}
