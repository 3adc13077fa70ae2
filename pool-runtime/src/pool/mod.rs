//! Pools: how many workers a loop gets, and the threads they run on.

mod builder;
#[cfg(all(test, loom))]
mod models;
#[cfg(feature = "rayon")]
mod on_rayon;
mod own;
mod placement;
mod threads;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

pub(crate) use builder::default_workers;
pub use builder::{PoolBuilder, PoolError};

use crate::region::{Gauge, MAX_HELPERS};
use builder::Settings;
use threads::Threads;

/// How many threads the pool's larger crews may have together before further regions make do
/// with what there is. A single region gets what it asks for, whatever this says.
const WIDE_LIMIT: usize = 1024;

/// After what time a region of which nothing is known gets its workers beyond the cores.
pub(crate) const PATIENCE: Duration = Duration::from_micros(200);

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
    /// `settings.workers`, where a small loop finds it without a step to elsewhere.
    workers: usize,
}

struct Shared {
    settings: Settings,
    /// `settings.workers - 1` helpers: what ordinary regions use together.
    base: Threads,
    base_gauge: Arc<Gauge>,
    wide: Mutex<Wide>,
    wide_gauge: Arc<Gauge>,
}

/// Crews for regions that are wider than the pool. Each serves one region at a time, so that all
/// of its threads are free for it.
#[derive(Debug, Default)]
struct Wide {
    idle: Vec<Threads>,
    /// Threads of all crews, idle or not.
    total: usize,
    /// Whether it was said that threads cannot be had.
    warned: bool,
}

impl Wide {
    /// Where the smallest idle crew with at least `helpers` threads is.
    fn fitting(&self, helpers: usize) -> Option<usize> {
        let large = self.idle.iter().enumerate().filter(|(_, crew)| crew.size() >= helpers);
        large.min_by_key(|(_, crew)| crew.size()).map(|(position, _)| position)
    }
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
    pub fn builder() -> PoolBuilder {
        PoolBuilder::default()
    }

    fn with(settings: Settings) -> Result<Self, PoolError> {
        let gauge = Arc::new(Gauge::new());
        let size = settings.workers - 1;
        let (base, outcome) = Threads::start(&settings, 0, size, Arc::clone(&gauge));
        match outcome {
            Ok(()) => Ok(Self::on(settings, base, gauge)),
            Err(cause) => Err(PoolError { threads: size, cause }),
        }
    }

    fn alone(settings: Settings) -> Self {
        let gauge = Arc::new(Gauge::new());
        let base = Threads::none(Arc::clone(&gauge));
        Self::on(Settings { workers: 1, ..settings }, base, gauge)
    }

    fn on(settings: Settings, base: Threads, base_gauge: Arc<Gauge>) -> Self {
        let wide_gauge = Arc::new(Gauge::new());
        let wide = Mutex::default();
        let workers = settings.workers;
        Self { shared: Arc::new(Shared { settings, base, base_gauge, wide, wide_gauge }), workers }
    }

    /// How many workers a loop gets that does not say.
    #[must_use]
    #[inline]
    pub fn workers(&self) -> usize {
        self.workers
    }

    /// Runs `body(0)` on the calling thread and `body(k)`, with distinct `k` in `1..workers`, on
    /// the helpers that join while it runs; returns when all that joined have left. A body that
    /// returns has found no more work: nobody joins after that.
    ///
    /// # Panics
    /// With the payload of `body(0)`, else of the first helper whose body panicked.
    #[doc(hidden)]
    pub fn region<F: Fn(usize) + Sync>(&self, workers: usize, body: &F) {
        self.region_with(workers, PATIENCE, body);
    }

    /// [`Pool::region`] with workers beyond the machine's cores joining when the region has been
    /// open for `patience`: they are meant for bodies that block, and hinder those that compute.
    pub(crate) fn region_with<F: Fn(usize) + Sync>(
        &self,
        workers: usize,
        patience: Duration,
        body: &F,
    ) {
        match workers {
            0 | 1 => body(0),
            _ if workers <= self.workers() => self.shared.base.run(workers - 1, patience, body),
            _ => self.region_wide(workers, patience, body),
        }
    }

    /// [`Pool::region`] on the helpers that are about; nobody is called. `workers` are no more than
    /// the pool's.
    pub(crate) fn region_near<F: Fn(usize) + Sync>(&self, workers: usize, body: &F) {
        self.shared.base.run_near(workers - 1, body);
    }

    /// How long it takes until a region of `workers` has a helper, in nanoseconds; `None` if that
    /// takes no call, because one is about or because all are at work.
    #[inline]
    pub(crate) fn helper_delay_ns(&self, workers: usize) -> Option<u64> {
        let shared = &*self.shared;
        let far = if workers <= shared.settings.workers {
            shared.base.helpers_far()
        } else {
            shared.wide_helpers_far(workers - 1)
        };
        far.then(|| self.gauge(workers).join_ns())
    }

    /// What is known of the crew that a region of `workers` gets.
    #[inline]
    pub(crate) fn gauge(&self, workers: usize) -> &Gauge {
        let shared = &*self.shared;
        if workers <= shared.settings.workers { &shared.base_gauge } else { &shared.wide_gauge }
    }

    /// How long a helper that is called is on its way, in nanoseconds.
    #[inline]
    pub(crate) fn join_ns(&self) -> u64 {
        self.shared.base_gauge.join_ns()
    }

    /// [`Pool::region_with`] whose helpers wait for the calling thread, which produces: they have
    /// threads to themselves, so that neither holds up the pool's other regions nor the other way.
    pub(crate) fn region_apart<F: Fn(usize) + Sync>(
        &self,
        workers: usize,
        patience: Duration,
        body: &F,
    ) {
        match workers {
            0 | 1 => body(0),
            _ => self.region_wide(workers, patience, body),
        }
    }

    /// A region on a crew of its own.
    #[cold]
    fn region_wide<F: Fn(usize) + Sync>(&self, workers: usize, patience: Duration, body: &F) {
        let helpers = (workers - 1).min(MAX_HELPERS);
        let borrowed = Borrowed { shared: &self.shared, threads: self.shared.borrow_wide(helpers) };
        let threads = borrowed.threads.as_ref().unwrap_or(&self.shared.base);
        threads.run(helpers, patience, body);
    }
}

impl Shared {
    /// The smallest idle crew with at least `helpers` threads, else a new one; `None` when there
    /// are too many threads already or none can be had.
    fn borrow_wide(&self, helpers: usize) -> Option<Threads> {
        let mut wide = self.wide();
        if let Some(position) = wide.fitting(helpers) {
            return Some(wide.idle.swap_remove(position));
        }
        let size = (helpers + 1).next_power_of_two() - 1;
        if wide.total > 0 && wide.total + size > WIDE_LIMIT {
            return None;
        }
        let first = self.base.size() + wide.total;
        wide.total += size;
        drop(wide);
        let (threads, outcome) =
            Threads::start(&self.settings, first, size, Arc::clone(&self.wide_gauge));
        if let Err(cause) = outcome {
            let mut wide = self.wide();
            wide.total -= size - threads.size();
            if !std::mem::replace(&mut wide.warned, true) {
                let error = PoolError { threads: size, cause };
                let have = threads.size() + 1;
                eprintln!("pool-runtime: {error}; a loop has {have} workers instead of more");
            }
        }
        (threads.size() > 0).then_some(threads)
    }

    /// Whether the crew that a wide region would get has to be called.
    #[cold]
    fn wide_helpers_far(&self, helpers: usize) -> bool {
        let wide = self.wide();
        wide.fitting(helpers).is_none_or(|position| wide.idle[position].helpers_far())
    }

    fn wide(&self) -> MutexGuard<'_, Wide> {
        self.wide.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns a crew to the pool, also when a body panics.
struct Borrowed<'a> {
    shared: &'a Shared,
    threads: Option<Threads>,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        self.shared.wide().idle.extend(self.threads.take());
    }
}

/// A pool whose helpers run on the threads of a rayon pool (feature `rayon`), for programs that
/// want one set of threads for both. As many workers as it has threads.
///
/// rayon chooses which thread wakes, and where; on few cores, short loops gain less than on a
/// pool's own threads.
#[cfg(feature = "rayon")]
impl From<Arc<rayon::ThreadPool>> for Pool {
    fn from(threads: Arc<rayon::ThreadPool>) -> Self {
        let gauge = Arc::new(Gauge::new());
        let settings = Settings { workers: threads.current_num_threads(), ..Settings::default() };
        let base = Threads::on_rayon(threads, Arc::clone(&gauge));
        Self::on(settings, base, gauge)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("workers", &self.workers()).finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
