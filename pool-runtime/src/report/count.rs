//! Numbers that grow.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::clock::nanos;

/// A number that many threads add to and few read.
#[derive(Debug)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Adds by a plain load and store: a nanosecond, but of two threads that do it at the same
    /// moment one may be lost. For what happens up to millions of times a second.
    #[inline]
    pub(crate) fn bump(&self, by: u64) {
        self.0.store(self.0.load(Relaxed).wrapping_add(by), Relaxed);
    }

    /// Adds for certain: some 6 ns, more if contended. For what happens once a region or less.
    #[inline]
    pub(crate) fn add(&self, by: u64) {
        if by > 0 {
            self.0.fetch_add(by, Relaxed);
        }
    }

    /// [`add`](Self::add) of nanoseconds.
    #[inline]
    pub(crate) fn add_time(&self, time: Duration) {
        self.add(nanos(time));
    }

    /// Becomes `to` if it is less.
    #[inline]
    pub(crate) fn raise(&self, to: u64) {
        if self.get() < to {
            self.0.fetch_max(to, Relaxed);
        }
    }

    /// Becomes `to`.
    #[inline]
    pub(crate) fn set(&self, to: u64) {
        self.0.store(to, Relaxed);
    }

    #[inline]
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }

    pub(crate) fn time(&self) -> Duration {
        Duration::from_nanos(self.get())
    }
}
