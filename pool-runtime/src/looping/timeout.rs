//! `timeout = "2s"`: a loop that starts no new block after a while.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// A loop did not get to all of its items in the time that `timeout` gave it.
///
/// Items that had started are complete, and accumulators hold exactly those before the first one
/// that did not start. The error type of a function with `timeout` implements `From<TimedOut>`.
///
/// ```
/// let error = pool_runtime::TimedOut::new(std::time::Duration::from_secs(2));
/// assert_eq!(error.to_string(), "the loop did not finish within 2s");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedOut {
    limit: Duration,
}

impl TimedOut {
    /// For a loop that had `limit` to finish.
    #[must_use]
    pub const fn new(limit: Duration) -> Self {
        Self { limit }
    }

    /// The time that the loop had.
    #[must_use]
    pub const fn limit(&self) -> Duration {
        self.limit
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the loop did not finish within {:?}", self.limit)
    }
}

impl Error for TimedOut {}
