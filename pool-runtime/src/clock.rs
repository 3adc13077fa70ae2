//! Time as one number, for counters that are atomics.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Nanoseconds since the first call in this process, plus one: 0 is free to mean "never".
pub(crate) fn now_ns() -> u64 {
    at_ns(Instant::now())
}

/// A moment as [`now_ns`] would have told it.
pub(crate) fn at_ns(moment: Instant) -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    nanos(moment.saturating_duration_since(*START.get_or_init(|| moment))).saturating_add(1)
}

/// A duration in nanoseconds, at most `u64::MAX` (584 years).
pub(crate) fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
