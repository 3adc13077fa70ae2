//! Pools: how many workers a loop gets, and the threads they run on.

mod builder;
mod threads;

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

pub use builder::{PoolBuilder, PoolError};

use crate::region::MAX_HELPERS;
use builder::Settings;
use threads::Threads;

/// How many threads the pool's larger crews may have together before further regions make do
/// with what there is. A single region gets what it asks for, whatever this says.
const WIDE_LIMIT: usize = 1024;

/// Threads that loops run on: a cheap handle, clones of which share the threads.
///
/// A pool of `n` workers owns `n - 1` threads; the thread that runs a loop is the `n`-th worker.
/// Loops that ask for more workers than the pool has (`workers = 50`, for bodies that block) get
/// additional threads, which are kept for the next such loop. Idle threads sleep.
///
/// The threads end when the last handle is gone.
///
/// ```
/// let pool = pool_runtime::Pool::new(4);
/// assert_eq!(pool.workers(), 4);
/// ```
#[derive(Clone)]
pub struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    /// `settings.workers - 1` helpers: what ordinary regions use together.
    base: Threads,
    wide: Mutex<Wide>,
}

/// Crews for regions that are wider than the pool. Each serves one region at a time, so that all
/// of its threads are free for it.
#[derive(Default)]
struct Wide {
    idle: Vec<Threads>,
    /// Threads of all crews, idle or not.
    total: usize,
    /// Whether it was said that threads cannot be had.
    warned: bool,
}

impl Pool {
    /// The pool that loops use when they name no other. Made on first use, with as many workers
    /// as `POOL_WORKERS` says, else as the machine can run at a time.
    ///
    /// If its threads cannot be created, it says so once on standard error and has one worker.
    #[must_use]
    #[inline]
    pub fn global() -> &'static Self {
        static GLOBAL: OnceLock<Pool> = OnceLock::new();
        GLOBAL.get_or_init(|| {
            let settings = Settings::default();
            Self::with(settings.clone()).unwrap_or_else(|error| {
                eprintln!("pool-runtime: {error}; loops run on the calling thread alone");
                Self::alone(settings)
            })
        })
    }

    /// A pool of `workers` workers, at least one.
    ///
    /// # Panics
    /// If the threads cannot be created; [`Pool::builder`] returns that as an error.
    #[must_use]
    pub fn new(workers: usize) -> Self {
        match Self::builder().workers(workers).build() {
            Ok(pool) => pool,
            Err(error) => panic!("{error}"),
        }
    }

    /// A pool with other settings than the default ones.
    #[must_use]
    pub fn builder() -> PoolBuilder {
        PoolBuilder::default()
    }

    fn with(settings: Settings) -> Result<Self, PoolError> {
        let base = Threads::start(&settings, settings.workers - 1)?;
        Ok(Self { shared: Arc::new(Shared { settings, base, wide: Mutex::default() }) })
    }

    fn alone(settings: Settings) -> Self {
        let settings = Settings { workers: 1, ..settings };
        let shared = Shared { settings, base: Threads::none(), wide: Mutex::default() };
        Self { shared: Arc::new(shared) }
    }

    /// How many workers a loop gets that does not say.
    #[must_use]
    #[inline]
    pub fn workers(&self) -> usize {
        self.shared.settings.workers
    }

    /// Runs `body(0)` on the calling thread and `body(k)`, with distinct `k` in `1..workers`, on
    /// the helpers that join while it runs; returns when all that joined have left. A body that
    /// returns has found no more work: nobody joins after that.
    ///
    /// # Panics
    /// With the payload of `body(0)`, else of the first helper whose body panicked.
    #[doc(hidden)]
    pub fn region<F: Fn(usize) + Sync>(&self, workers: usize, body: &F) {
        match workers {
            0 | 1 => body(0),
            _ if workers <= self.workers() => self.shared.base.run(workers - 1, body),
            _ => self.region_wide(workers, body),
        }
    }

    /// A region with more workers than the pool has.
    #[cold]
    fn region_wide<F: Fn(usize) + Sync>(&self, workers: usize, body: &F) {
        let helpers = (workers - 1).min(MAX_HELPERS);
        match self.borrow_wide(helpers) {
            Some(threads) => {
                let back = GiveBack { shared: &self.shared, threads: Some(threads) };
                if let Some(threads) = &back.threads {
                    threads.run(helpers, body);
                }
            }
            None => self.shared.base.run(helpers, body),
        }
    }

    /// The smallest idle crew with at least `helpers` threads, else a new one; `None` when there
    /// are too many threads already or no more can be had.
    fn borrow_wide(&self, helpers: usize) -> Option<Threads> {
        let mut wide = self.shared.wide();
        let fitting = wide.idle.iter().enumerate().filter(|(_, crew)| crew.size() >= helpers);
        if let Some((position, _)) = fitting.min_by_key(|(_, crew)| crew.size()) {
            return Some(wide.idle.swap_remove(position));
        }
        let size = (helpers + 1).next_power_of_two() - 1;
        if wide.total > 0 && wide.total + size > WIDE_LIMIT {
            return None;
        }
        wide.total += size;
        drop(wide);
        match Threads::start(&self.shared.settings, size) {
            Ok(threads) => Some(threads),
            Err(error) => {
                let mut wide = self.shared.wide();
                wide.total -= size;
                if !std::mem::replace(&mut wide.warned, true) {
                    eprintln!("pool-runtime: {error}; a loop that asks for them has fewer workers");
                }
                None
            }
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("workers", &self.workers()).finish_non_exhaustive()
    }
}

impl Shared {
    fn wide(&self) -> std::sync::MutexGuard<'_, Wide> {
        self.wide.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns a crew to the pool, also when a body panics.
struct GiveBack<'a> {
    shared: &'a Shared,
    threads: Option<Threads>,
}

impl Drop for GiveBack<'_> {
    fn drop(&mut self) {
        self.shared.wide().idle.extend(self.threads.take());
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
