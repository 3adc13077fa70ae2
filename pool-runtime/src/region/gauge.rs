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

/// Shared by crews of a kind.
#[derive(Debug)]
pub(crate) struct Gauge {
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
        call();
        average(&self.call_ns, now_ns().saturating_sub(since), &CREDIBLE_CALL_NS);
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
