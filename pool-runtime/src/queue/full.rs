//! The error of `on_full = "error"`.

use std::error::Error;
use std::fmt;

/// A bounded loop found its queue full, and `on_full = "error"` says that this ends it.
///
/// The error type of the function must be `From<Full>`; `Box<dyn Error + Send + Sync>` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full {
    queue: usize,
}

impl Full {
    pub(crate) fn new(queue: usize) -> Self {
        Self { queue }
    }

    /// How many items were waiting: the value of `queue`.
    #[must_use]
    pub fn queue(&self) -> usize {
        self.queue
    }
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the queue is full: {} items wait for a worker", self.queue)
    }
}

impl Error for Full {}

/// The outcome of a loop that a full queue may have ended.
///
/// # Errors
/// When it has.
#[doc(hidden)]
pub fn not_full(full: Option<Full>) -> Result<(), Full> {
    full.map_or(Ok(()), Err)
}
