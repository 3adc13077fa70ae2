//! What crews tell those who decide whether a region is worth opening.
//!
//! Heuristics only: a stale reading costs time, never correctness. So the counters are `std`'s
//! also under loom, and an update may be lost.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::debt::Debt;
use crate::clock::now_ns;

/// A first guess of the time from calling a helper to its being there, in nanoseconds.
const JOIN_NS: u64 = 45_000;

/// Latencies beyond these tell more about the moment than about the machine.
const CREDIBLE_NS: std::ops::RangeInclusive<u64> = 5_000..=200_000;

/// Shared by crews of a kind.
#[derive(Debug)]
pub(crate) struct Gauge {
    /// When helpers were called of which none has come yet; 0: no such.
    called_at: AtomicU64,
    /// From calling the first helper to its being there: a moving average.
    join_ns: AtomicU64,
    /// What short runs without helpers have come to.
    pub(crate) debt: Debt,
}

impl Gauge {
    pub(crate) const fn new() -> Self {
        Self { called_at: AtomicU64::new(0), join_ns: AtomicU64::new(JOIN_NS), debt: Debt::new() }
    }

    /// How long a called helper is on its way.
    #[inline]
    pub(crate) fn join_ns(&self) -> u64 {
        self.join_ns.load(Relaxed)
    }

    /// Helpers are about to be called.
    pub(super) fn called(&self) {
        if self.called_at.load(Relaxed) == 0 {
            self.called_at.store(now_ns(), Relaxed);
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
        let took = now_ns().saturating_sub(called).clamp(*CREDIBLE_NS.start(), *CREDIBLE_NS.end());
        let known = self.join_ns.load(Relaxed);
        self.join_ns.store(known - known / 8 + took / 8, Relaxed);
    }
}
