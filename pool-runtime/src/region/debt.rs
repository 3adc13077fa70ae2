//! Whether short runs back to back are to have a helper called for them.
//!
//! One short run is not worth a call: the helper would come when it is over. Many in a row are, if
//! it stays: it finds the next ones at once. So short runs that stay alone run up a debt, which
//! is forgotten after a pause longer than a helper lingers; when it exceeds what a call costs, one
//! is called. That is an investment. What the runs that follow gain by the helper is set against
//! its price, the system call; where the price is not recovered before the next call (the core is taken by others,
//! it shares its units with the caller's, the runs are too short after all) the debt must be twice
//! as high for the next call, and so on: nobody pays for helpers that do not help.
//!
//! Heuristics only, by plain loads and stores, as in [`Gauge`](super::Gauge).

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// Runs this far apart still count as back to back, in nanoseconds: a helper lingers for longer.
/// After longer runs, half of what they took (a helper lingers for what its part took), but no more
/// than [`LONGEST_PAUSE_NS`].
const PAUSE_NS: u64 = 5_000;
const LONGEST_PAUSE_NS: u64 = 30_000;

/// The most that the debt is multiplied with after calls in vain, as a power of two.
const IN_VAIN: u32 = 6;

/// The short runs of a crew's callers. Times are nanoseconds of [`now_ns`](crate::clock::now_ns).
#[derive(Debug)]
pub(crate) struct Debt {
    /// What short runs have taken, back to back, since a helper was called for them.
    debt_ns: AtomicU64,
    /// When the last short run ended, and how much later the next one may start.
    ended_ns: AtomicU64,
    pause_ns: AtomicU64,
    /// What is left of the price of the last call.
    owed_ns: AtomicU64,
    /// How many calls in a row did not recover their price.
    in_vain: AtomicU32,
}

impl Debt {
    pub(crate) const fn new() -> Self {
        Self {
            debt_ns: AtomicU64::new(0),
            ended_ns: AtomicU64::new(0),
            pause_ns: AtomicU64::new(PAUSE_NS),
            owed_ns: AtomicU64::new(0),
            in_vain: AtomicU32::new(0),
        }
    }

    /// A short run has kept its caller busy alone; so did as many more as it stands for. Whether it
    /// follows on the last one.
    pub(crate) fn ran_alone(&self, from_ns: u64, until_ns: u64, stands_for: u32) -> bool {
        let follows = self.follows(from_ns);
        let before = if follows { self.debt_ns.load(Relaxed) } else { 0 };
        let took = until_ns.saturating_sub(from_ns);
        let runs = u64::from(stands_for);
        self.debt_ns.store(before.saturating_add(took.saturating_mul(runs)), Relaxed);
        self.ended_ns.store(until_ns, Relaxed);
        // The others come before the next one that looks.
        let pauses = (took / 2).clamp(PAUSE_NS, LONGEST_PAUSE_NS).saturating_mul(runs);
        self.pause_ns
            .store(pauses.saturating_add(took.saturating_mul(runs.saturating_sub(1))), Relaxed);
        follows
    }

    /// A short run has ended at `until_ns` that found a helper about. It took so much less than
    /// alone (negative: more).
    pub(crate) fn shared(&self, until_ns: u64, gain_ns: i64) {
        self.ended_ns.store(until_ns, Relaxed);
        let owed = self.owed_ns.load(Relaxed);
        if owed > 0 {
            // Losses count, but what can be lost is bounded, else luck could not make up for it.
            let left = owed.saturating_add_signed(gain_ns.saturating_neg()).min(2 * owed);
            self.owed_ns.store(left, Relaxed);
            if left == 0 {
                self.in_vain.store(0, Relaxed);
            }
        }
    }

    /// Whether the run about to start is the one to call a helper, who is on the way for
    /// `delay_ns`; to call costs `price_ns`. If so, the debt is settled.
    pub(crate) fn due(&self, now_ns: u64, delay_ns: u64, price_ns: u64) -> bool {
        let unpaid = u32::from(self.owed_ns.load(Relaxed) > 0);
        let in_vain = (self.in_vain.load(Relaxed) + unpaid).min(IN_VAIN);
        // Runs must have lasted for as long as they will have to go on.
        let enough = delay_ns.max(price_ns.saturating_mul(2)) << in_vain;
        if self.debt_ns.load(Relaxed) < enough || !self.follows(now_ns) {
            return false;
        }
        self.debt_ns.store(0, Relaxed);
        self.in_vain.store(in_vain, Relaxed);
        self.owed_ns.store(price_ns, Relaxed);
        true
    }

    /// Whether a run that starts then follows on the last one.
    fn follows(&self, from_ns: u64) -> bool {
        from_ns <= self.ended_ns.load(Relaxed).saturating_add(self.pause_ns.load(Relaxed))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const DELAY: u64 = 80_000;
    const PRICE: u64 = 20_000;
    const RUN: u64 = 8_000;

    /// Runs alone, back to back, until a helper is called; how many that took.
    fn runs_until_due(debt: &Debt, now: &mut u64) -> usize {
        (1..)
            .find(|_| {
                debt.ran_alone(*now, *now + RUN, 1);
                *now += RUN + 100;
                debt.due(*now, DELAY, PRICE)
            })
            .unwrap_or_default()
    }

    #[test]
    fn helpers_that_do_not_help_are_called_less_and_less_often() {
        let (debt, mut now) = (Debt::new(), 1);
        let calls: Vec<usize> = (0..4).map(|_| runs_until_due(&debt, &mut now)).collect();
        assert_eq!(calls, [10, 20, 40, 80]);
        for _ in 0..20 {
            runs_until_due(&debt, &mut now);
        }
        assert_eq!(runs_until_due(&debt, &mut now), 10 << IN_VAIN, "but never not at all");
    }

    #[test]
    fn a_call_that_pays_is_made_again_as_soon() {
        let (debt, mut now) = (Debt::new(), 1);
        for _ in 0..3 {
            runs_until_due(&debt, &mut now);
        }
        for _ in 0..(PRICE / 3_000 + 1) {
            now += RUN;
            debt.shared(now, 3_000);
        }
        assert_eq!(runs_until_due(&debt, &mut now), 10);
    }

    #[test]
    fn losses_do_not_pay() {
        let (debt, mut now) = (Debt::new(), 1);
        runs_until_due(&debt, &mut now);
        for _ in 0..1000 {
            now += RUN;
            debt.shared(now, -3_000);
        }
        assert_eq!(runs_until_due(&debt, &mut now), 20);
    }

    #[test]
    fn a_run_that_stands_for_others_counts_for_them() {
        let (debt, mut now) = (Debt::new(), 1);
        let mut runs = 0;
        while !debt.due(now, DELAY, PRICE) {
            debt.ran_alone(now, now + RUN, 4);
            now += 4 * RUN + 400;
            runs += 4;
        }
        assert_eq!(runs, 12, "as many as if each had been looked at");
        debt.ran_alone(now, now + RUN, 4);
        now += 4 * RUN + 4 * LONGEST_PAUSE_NS;
        assert!(!debt.follows(now));
    }

    #[test]
    fn runs_far_apart_run_up_no_debt() {
        let debt = Debt::new();
        for run in 1..1000 {
            let now = run * 1_000_000;
            assert!(!debt.due(now, DELAY, PRICE));
            debt.ran_alone(now, now + RUN, 1);
        }
        assert!(!debt.due(u64::MAX, DELAY, PRICE));
    }
}
