//! A function that is next to nothing, for measures of what calling it as a task costs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// How many calls a run makes.
pub(crate) const CALLS: u64 = 200_000;

static SUM: AtomicU64 = AtomicU64::new(0);
static DONE: AtomicU64 = AtomicU64::new(0);

/// One call.
pub(crate) fn add(i: u64) {
    SUM.fetch_add(i, Ordering::Relaxed);
    DONE.fetch_add(1, Ordering::Relaxed);
}

/// The sum, when all calls have run.
pub(crate) fn finish() -> u64 {
    while DONE.load(Ordering::Relaxed) < CALLS {
        thread::yield_now();
    }
    DONE.store(0, Ordering::Relaxed);
    SUM.swap(0, Ordering::Relaxed)
}
