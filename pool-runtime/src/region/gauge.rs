//! What crews tell those who decide whether a region is worth opening.
//!
//! Heuristics only: a stale reading costs time, never correctness. So the counters are `std`'s
//! also under loom, and an update may be lost.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::debt::Debt;
use crate::clock::now_ns;

/// A first guess of the time from calling a helper to its being there, in nanoseconds.
const JOIN_NS: u64 = 45_000;

/// A first guess of what calling a helper costs the caller, in nanoseconds.
const CALL_NS: u64 = 15_000;

/// Latencies beyond these tell more about the moment than about the machine.
const CREDIBLE_NS: RangeInclusive<u64> = 5_000..=200_000;
const CREDIBLE_CALL_NS: RangeInclusive<u64> = 2_000..=60_000;

/// The longest that a helper looks round for the next region, in nanoseconds: half of what is
/// promised, that nothing runs 1 ms after the last one.
const LONGEST_LINGER_NS: u64 = 400_000;

/// Shared by crews of a kind.
#[derive(Debug)]
pub(crate) struct Gauge {
    /// When a helper last gave up to look round, and for how long it had.
    gave_up_at: AtomicU64,
    lingered_ns: AtomicU64,
    /// For how long it would have had to, where it was missed; halved when that was in vain.
    linger_ns: AtomicU64,
    /// When helpers were called of which none has come yet; 0: no such.
    called_at: AtomicU64,
    /// From calling the first helper to its being there: a moving average.
    join_ns: AtomicU64,
    /// What calling costs the caller, the system call above all: a moving average.
    call_ns: AtomicU64,
    /// What short runs without helpers have come to.
    pub(crate) debt: Debt,
}

impl Gauge {
    pub(crate) const fn new() -> Self {
        Self {
            gave_up_at: AtomicU64::new(0),
            lingered_ns: AtomicU64::new(0),
            linger_ns: AtomicU64::new(0),
            called_at: AtomicU64::new(0),
            join_ns: AtomicU64::new(JOIN_NS),
            call_ns: AtomicU64::new(CALL_NS),
            debt: Debt::new(),
        }
    }

    /// How long a called helper is on its way.
    #[inline]
    pub(crate) fn join_ns(&self) -> u64 {
        self.join_ns.load(Relaxed)
    }

    /// What calling a helper costs the caller.
    #[inline]
    pub(crate) fn call_ns(&self) -> u64 {
        self.call_ns.load(Relaxed)
    }

    /// Helpers are called by `call`.
    pub(super) fn calling(&self, call: impl FnOnce()) {
        let since = now_ns();
        if self.called_at.load(Relaxed) == 0 {
            self.called_at.store(since, Relaxed);
        }
        let gave_up = self.gave_up_at.load(Relaxed);
        if gave_up > 0 {
            let missed =
                since.saturating_sub(gave_up).saturating_add(self.lingered_ns.load(Relaxed));
            let enough = missed.saturating_add(missed / 2);
            if enough <= LONGEST_LINGER_NS && enough > self.linger_ns.load(Relaxed) {
                self.linger_ns.store(enough, Relaxed);
            }
        }
        call();
        average(&self.call_ns, now_ns().saturating_sub(since), &CREDIBLE_CALL_NS);
    }

    /// For how long a helper that was in a region for `helped_ns` may look round beyond what is
    /// usual: no longer than that, and as long as it ought to have looked when it was missed.
    pub(super) fn linger_ns(&self, helped_ns: u64) -> u64 {
        self.linger_ns.load(Relaxed).min(helped_ns)
    }

    /// A helper gives up after it has looked round for `lingered_ns`.
    pub(super) fn gave_up(&self, lingered_ns: u64) {
        self.gave_up_at.store(now_ns(), Relaxed);
        self.lingered_ns.store(lingered_ns, Relaxed);
        let known = self.linger_ns.load(Relaxed);
        if known > 0 && lingered_ns >= known {
            self.linger_ns.store(known / 2, Relaxed);
        }
    }

    /// A called helper is there. Only the first of a call is a measure: the others wait for it,
    /// or for a core.
    pub(super) fn came(&self) {
        let called = self.called_at.load(Relaxed);
        if called == 0 {
            return;
        }
        self.called_at.store(0, Relaxed);
        average(&self.join_ns, now_ns().saturating_sub(called), &CREDIBLE_NS);
    }
}

/// Moves `known` an eighth of the way to `seen`, or to what of it is credible.
fn average(known: &AtomicU64, seen: u64, credible: &RangeInclusive<u64>) {
    let before = known.load(Relaxed);
    let seen = seen.clamp(*credible.start(), *credible.end());
    known.store(before - before / 8 + seen / 8, Relaxed);
}
