//! What a pool can be told, and why it cannot be made.

use std::error::Error;
use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;

use super::Pool;

/// Names the threads of a pool, counted from 0.
type Namer = Arc<dyn Fn(usize) -> String + Send + Sync>;

/// What all threads of a pool have in common.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) workers: usize,
    pub(super) name: Namer,
    pub(super) stack_size: Option<usize>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            workers: default_workers(),
            name: Arc::new(|index| format!("pool-{index}")),
            stack_size: None,
        }
    }
}

/// `POOL_WORKERS` if it is a number above 0, else what the machine can run at a time.
pub(crate) fn default_workers() -> usize {
    asked(std::env::var("POOL_WORKERS").ok().as_deref())
        .or_else(|| available_parallelism().ok())
        .map_or(1, NonZeroUsize::get)
}

/// The number that `POOL_WORKERS` asks for.
fn asked(text: Option<&str>) -> Option<NonZeroUsize> {
    text?.trim().parse().ok()
}

/// Settings of a pool to be made: see [`Pool::builder`].
///
/// ```
/// let pool = pool_runtime::Pool::builder()
///     .workers(3)
///     .thread_names(|index| format!("resize-{index}"))
///     .stack_size(4 << 20)
///     .build()?;
/// # assert_eq!(pool.workers(), 3);
/// # Ok::<(), pool_runtime::PoolError>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "a builder makes nothing until `build`"]
pub struct PoolBuilder {
    settings: Settings,
}

impl PoolBuilder {
    /// How many workers a loop gets that does not say; 0 counts as 1. Default: `POOL_WORKERS`,
    /// else what the machine can run at a time.
    pub fn workers(mut self, workers: usize) -> Self {
        self.settings.workers = workers.max(1);
        self
    }

    /// The name of each thread, counted from 0. Default: `pool-0`, `pool-1`, ..
    pub fn thread_names(mut self, name: impl Fn(usize) -> String + Send + Sync + 'static) -> Self {
        self.settings.name = Arc::new(name);
        self
    }

    /// The stack of each thread, in bytes. Default: the system's.
    pub fn stack_size(mut self, bytes: usize) -> Self {
        self.settings.stack_size = Some(bytes);
        self
    }

    /// Makes the pool and starts its threads.
    ///
    /// # Errors
    /// When the system does not give that many threads; none of them is left behind.
    pub fn build(self) -> Result<Pool, PoolError> {
        Pool::with(self.settings)
    }
}

impl fmt::Debug for PoolBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolBuilder")
            .field("workers", &self.settings.workers)
            .field("stack_size", &self.settings.stack_size)
            .finish_non_exhaustive()
    }
}

/// A pool whose threads could not be created.
#[derive(Debug)]
pub struct PoolError {
    pub(super) threads: usize,
    pub(super) cause: io::Error,
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot create {} threads: {}", self.threads, self.cause)
    }
}

impl Error for PoolError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_above_zero_overrides_the_default() {
        assert_eq!(asked(Some("8")), NonZeroUsize::new(8));
        assert_eq!(asked(Some(" 3 ")), NonZeroUsize::new(3));
        assert_eq!(asked(Some("0")), None);
        assert_eq!(asked(Some("many")), None);
        assert_eq!(asked(None), None);
    }
}
