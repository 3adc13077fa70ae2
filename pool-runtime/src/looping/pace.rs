//! How many items a worker claims at a time.
//!
//! Each worker measures its own claims, one clock read a claim (28 ns), and claims what it expects
//! to run for [`TARGET`]: the claim itself (about 30 ns, contended) and the clock disappear beside
//! that, and the last claims of a loop end within that of each other. From there:
//!
//! * A loop of known length that runs to its end is claimed in longer stretches
//!   ([`Grain::Wide`]); how it ends is the next rule's but one.
//! * It starts small and grows by [`GROWTH`] at most, so that a cheap first item misleads nobody.
//! * It takes at most `1 / 2W` of what is left (factoring, Hummel et al. 1992), so that the loop
//!   ends well however costs differ, but not less than [`LEAST`] is worth.
//!   (Where claims [keep their place](super::places): at most half of what is left of a part.)
//! * Items that take longer than the target are claimed one by one: 50 workers that block share
//!   100 items evenly.
//! * A loop of some microseconds, of items that are known to wait for nothing, is left to
//!   factoring alone: no clock.
//! * Where claims deposit shares that are dear to put together (maps: every key is inserted once
//!   more), the target is so much more that factoring alone decides, and a loop of any length
//!   deposits some dozens of large shares ([`Grain::Coarse`]).

use std::ops::Range;
use std::time::{Duration, Instant};

use crate::clock::nanos;

/// What a claim should take, in nanoseconds.
const TARGET: f64 = 20_000.0;
/// What a claim should take at least when little is left, in nanoseconds.
const LEAST: f64 = 500.0;
/// How much larger than the last one a claim may be, while nothing is known of the cost.
const GROWTH: usize = 8;
/// The same in halves, where the cost has been learned and claims are [`Grain::Wide`]: a few cheap items
/// say little against it. (Mandelbrot, 160 rows, the cheap ones first: 1.98x, with 8 it was 1.87x.)
const GROWTH_LEARNED: usize = 3;
/// What the first claim of an unknown cost is.
const FIRST: usize = 1;

/// How large claims may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grain {
    /// As large as their own cost demands.
    Fine,
    /// The same of a loop whose length is known and that runs to its end: five times as large, for
    /// longer stretches of memory. 10M numbers, 40 MB: 1.96x of the plain loop's speed, else 1.88x.
    Wide,
    /// As large as the length allows, because every claim costs more at its end, or claims had
    /// better lie far apart.
    Coarse,
    /// In between: claims cost more at their end, but large ones are held in memory (no length is
    /// known), or may be in vain (the loop can be left).
    Medium,
}

impl Grain {
    /// What a claim should take, in nanoseconds.
    const fn target(self) -> f64 {
        match self {
            Self::Fine => TARGET,
            Self::Wide => 5.0 * TARGET,
            Self::Medium => 25.0 * TARGET,
            Self::Coarse => 2_500.0 * TARGET,
        }
    }
}

/// One worker's measure.
#[derive(Debug)]
pub(super) struct Pace {
    /// When the last claim ended.
    now: Instant,
    /// When this worker started, were it not for the time left out.
    started: Instant,
    /// How many items to claim by cost alone.
    by_cost: usize,
    /// How many items are worth a claim when little is left.
    least: usize,
    /// Twice the workers; 0 if the length is not known.
    parts: usize,
    /// Items not claimed when this worker last claimed.
    left: usize,
    /// Items this worker has run.
    ran: usize,
    /// What a claim should take, in nanoseconds.
    target: f64,
    /// Whether claims grow slowly, from what was learned.
    learned: bool,
    /// The clock is looked at only at the end.
    untimed: bool,
    /// What an item takes, in nanoseconds, over the last dozen of claims; 0: not known.
    cost: f64,
    /// What is not to be counted of the claim that runs.
    excused: Duration,
}

/// How many items of `cost` nanoseconds fit into `time`.
fn fit(time: f64, cost: f64) -> usize {
    // A cast from a float saturates; a cost of 0 fits for ever.
    ((time / cost) as usize).max(1)
}

impl Pace {
    /// A measure for a worker of a loop whose items are [`light`](crate::profile::Profile::light):
    /// without the clock, if the loop is so short that factoring does it.
    pub(super) fn brief(mut self, light: bool) -> Self {
        let brief = self.by_cost.min(fit(TARGET / 2.0, self.cost));
        self.untimed = light && self.parts > 0 && self.left / 4 <= brief;
        self
    }

    /// For one of `workers` workers on `left` items (`None`: not known), each of which is said to
    /// take `cost` nanoseconds. It is `now`.
    pub(super) fn new(
        cost: Option<f64>,
        workers: usize,
        left: Option<usize>,
        grain: Grain,
        now: Instant,
    ) -> Self {
        let target = grain.target();
        let (by_cost, least) = match cost {
            // Half at first: the cost may have changed since it was learned.
            Some(cost) => (fit(target / 2.0, cost), fit(LEAST, cost)),
            None => (FIRST, 1),
        };
        Self {
            now,
            started: now,
            by_cost,
            least,
            parts: if left.is_some() { workers.saturating_mul(2) } else { 0 },
            left: left.unwrap_or(0),
            ran: 0,
            target,
            learned: cost.is_some() && grain == Grain::Wide,
            untimed: false,
            cost: cost.unwrap_or(0.0),
            excused: Duration::ZERO,
        }
    }

    /// How many items to claim now.
    pub(super) fn want(&self) -> usize {
        if self.parts == 0 {
            return self.by_cost;
        }
        self.by_cost.min((self.left / self.parts).max(self.least))
    }

    /// How many of `left` items to claim that are nobody else's so far.
    pub(super) fn want_of(&self, left: usize) -> usize {
        self.by_cost.min((left / 2).max(self.least))
    }

    /// Takes in that `claim` has run, of a source with `len` items.
    #[inline]
    pub(super) fn ran(&mut self, claim: &Range<usize>, len: Option<usize>) {
        let items = claim.len().max(1);
        self.ran += items;
        self.left = len.map_or(0, |len| len.saturating_sub(claim.end));
        if !self.untimed {
            self.timed(items);
        }
    }

    /// The last claim, of so many items, has run.
    fn timed(&mut self, items: usize) {
        let now = Instant::now();
        let busy = (now - self.now).saturating_sub(std::mem::take(&mut self.excused));
        self.now = now;
        self.took(items, busy);
    }

    /// The last claim, of so many items, took so long.
    fn took(&mut self, items: usize, busy: Duration) {
        let cost = nanos(busy) as f64 / items as f64;
        self.cost = if self.cost == 0.0 { cost } else { self.cost + (cost - self.cost) / 8.0 };
        let most = if self.learned {
            (items.saturating_mul(GROWTH_LEARNED) / 2).max(items + 1)
        } else {
            items.saturating_mul(GROWTH)
        };
        self.by_cost = fit(self.target, cost).min(most);
        self.least = fit(LEAST, cost);
    }

    /// The claim that runs has waited for others so long: what its items cost is less.
    pub(super) fn excuse(&mut self, waited: Duration) {
        self.excused += waited;
    }

    /// What an item takes, in nanoseconds, as far as the last claims tell.
    pub(super) fn cost(&self) -> Option<f64> {
        (self.cost > 0.0).then_some(self.cost)
    }

    /// Leaves out what passed since the last claim ended: it was not spent on items.
    pub(super) fn restart(&mut self) -> Duration {
        let now = Instant::now();
        let passed = now - self.now;
        self.started += passed;
        self.now = now;
        passed
    }

    /// No claim follows.
    pub(super) fn stop(&mut self) {
        if self.untimed && self.ran > 0 {
            self.now = Instant::now();
        }
    }

    /// When the last claim ended, or the worker started.
    pub(super) fn now(&self) -> Instant {
        self.now
    }

    /// How many items this worker has run, and how long it took.
    pub(super) fn sum(&self) -> (usize, Duration) {
        (self.ran, self.now - self.started)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(cost: Option<f64>, workers: usize, left: usize) -> Pace {
        Pace::new(cost, workers, Some(left), Grain::Fine, Instant::now())
    }

    #[test]
    fn slow_items_are_claimed_one_by_one() {
        assert_eq!(pace(None, 50, 100).want(), 1);
        assert_eq!(pace(Some(5e6), 50, 100_000).want(), 1);
    }

    #[test]
    fn cheap_items_are_claimed_by_the_thousands() {
        assert_eq!(pace(Some(1.0), 2, 1_000_000).want(), 10_000);
        assert!(
            pace(Some(0.0), 2, 1_000_000).want() >= 1_000_000,
            "what costs nothing is not shared"
        );
    }

    #[test]
    fn long_loops_are_claimed_in_long_stretches() {
        let wide = |len| Pace::new(Some(1.0), 2, Some(len), Grain::Wide, Instant::now());
        assert_eq!(wide(1_000_000).want(), 50_000);
        assert_eq!(wide(100_000).want(), 25_000, "its end is shared as that of any other");
        assert!(!wide(100_000).brief(true).untimed);
    }

    #[test]
    fn cheap_items_say_little_against_what_was_learned() {
        let mut pace = Pace::new(Some(20_000.0), 2, Some(10_000), Grain::Wide, Instant::now());
        let first = pace.want();
        assert_eq!(first, 2);
        for most in [3, 4, 6, 9, 13] {
            pace.took(pace.want(), Duration::ZERO);
            assert_eq!(pace.want(), most);
        }
    }

    #[test]
    fn shares_that_are_dear_to_put_together_are_few() {
        let (len, now) = (2_000_000, Instant::now());
        let mut pace = Pace::new(Some(100.0), 2, Some(len), Grain::Coarse, now);
        let (mut start, mut large) = (0, 0);
        while start < len {
            let want = pace.want().min(len - start);
            assert!(want <= len / 4, "every worker has more than one");
            pace.left = len - start - want;
            start += want;
            large += usize::from(want > 10_000);
        }
        assert!(large < 25, "{large} shares of many keys");
        assert!(
            Pace::new(Some(100.0), 2, None, Grain::Medium, now).want() < 10_000,
            "held in memory"
        );
        let slow = Pace::new(Some(5e6), 50, Some(100), Grain::Coarse, now);
        assert_eq!(slow.want(), 1, "still shared evenly");
    }

    #[test]
    fn the_end_of_a_loop_is_shared() {
        assert_eq!(pace(Some(1.0), 2, 8_000).want(), 2_000);
        assert_eq!(pace(Some(1.0), 8, 100).want(), 500, "less is not worth a claim");
    }

    #[test]
    fn short_loops_of_light_items_do_without_the_clock() {
        let untimed = |cost, len| pace(Some(cost), 2, len).brief(true).untimed;
        assert!(untimed(1.0, 20_000));
        assert!(!untimed(1.0, 100_000));
        assert!(!Pace::new(Some(1.0), 2, None, Grain::Fine, Instant::now()).brief(true).untimed);
        let mut pace = pace(Some(1.0), 2, 8_000).brief(true);
        pace.ran(&(0..2_000), Some(8_000));
        assert_eq!((pace.sum(), pace.want()), ((2_000, Duration::ZERO), 1_500));
        std::thread::sleep(Duration::from_millis(1));
        pace.stop();
        assert!(pace.sum().1 >= Duration::from_millis(1));
    }

    #[test]
    fn a_claim_grows_by_a_bounded_factor() {
        let mut pace = pace(None, 2, 1_000_000);
        let mut start = 0;
        for _ in 0..10 {
            let want = pace.want();
            pace.ran(&(start..start + want), Some(1_000_000));
            assert!(pace.want() <= want * GROWTH);
            start += want;
        }
    }
}
