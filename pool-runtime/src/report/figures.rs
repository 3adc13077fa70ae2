//! The report as data: what each place has counted, at a moment.

use std::time::Duration;

use super::advice;
use super::latency::Quantiles;
use super::registry;
use super::tally::{QueueFigures, Tally};
use super::tasks::TaskFigures;
use crate::site::Site;

/// One annotated place, a loop or a task function, and what it has counted so far.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SiteReport {
    /// The function's name, or what `name = ".."` says.
    pub name: &'static str,
    /// The source file, as rustc was given it.
    pub file: &'static str,
    /// The line of the loop's keyword, or of the function's name.
    pub line: u32,
    /// The attributes as they were written.
    pub plan: &'static str,
    /// What it has counted.
    pub counters: Counters,
    /// The one thing that the figures say should be looked at, if there is one.
    pub advice: Option<String>,
}

/// What a place has counted since the process started.
///
/// Counting is always on. Fields marked *measured* need looks at the clock and are filled where
/// `POOL_REPORT` or `POOL_TRACE` is set, or after [`measure(true)`](crate::measure). Runs that stay
/// on the calling thread count by plain loads and stores: where several threads enter one place at
/// the same moment, a few of those may be missing.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Counters {
    /// How often the loop was run; for a task function, how many calls were made.
    pub entries: u64,
    /// Runs that stayed on the calling thread: too little work to share, one worker, or
    /// `POOL_SERIAL`. For a task function: calls that ran on their caller's thread.
    pub inline_runs: u64,
    /// Items in blocks that ran to their end. For a task function: calls that have run, or are
    /// running.
    pub items: u64,
    /// Stretches of items that a body got in one piece; for a task function, how often a worker
    /// took calls from the queue, or batches.
    pub blocks: u64,
    /// Time from start to end, of all runs together. Of runs on the calling thread it is *measured*,
    /// of short ones by samples. Not for task functions.
    pub wall: Duration,
    /// Time spent in bodies, of all workers together. For task functions *measured*.
    pub busy: Duration,
    /// Of each run, the busy time of the worker that had most; together.
    pub longest_worker: Duration,
    /// Time for which workers that had run out of items waited for the end of their run.
    pub idle: Duration,
    /// Time of the runs with helpers alone, from start to end; together.
    pub shared_wall: Duration,
    /// Workers that took part in runs with helpers, the calling thread included; added up.
    pub workers_joined: u64,
    /// The most workers that a run could have had; 0 for a place that only ran inline.
    pub workers: u64,
    /// Threads that had to be woken, a system call each.
    pub wake_ups: u64,
    /// Waiting for the source's lock, and for the source to make items. *Measured*.
    pub claiming: Duration,
    /// Handing in results. *Measured*.
    pub merging: Duration,
    /// Waiting for their turn in `#[ordered]` blocks.
    pub turn_waiting: Duration,
    /// What busy workers had of the processors. *Measured*, on Linux, in runs of some length.
    pub processor: Option<ProcessorCounters>,
    /// The queue between producer and workers, where there is one.
    pub queue: Option<QueueCounters>,
    /// The batches, where there are any.
    pub batches: Option<BatchCounters>,
    /// Runs that ended with an error; under `errors = "all"`, items that failed.
    pub errors: u64,
    /// Panics of bodies and sources.
    pub panics: u64,
    /// Runs that `timeout` ended.
    pub timeouts: u64,
    /// How long calls of a task function waited and ran. *Measured*.
    pub latency: Option<Latencies>,
    /// `chunk`, as it was last given.
    pub chunk: Option<u64>,
    /// How long a helper that has to be woken takes to come.
    pub wake_up_time: Duration,
}

/// What busy workers had of the processors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcessorCounters {
    /// The busy time of the workers that were looked at.
    pub busy: Duration,
    /// How much of it they were on a processor.
    pub on_processor: Duration,
    /// The wall time of the runs that they took part in.
    pub wall: Duration,
    /// How often they gave the processor up to wait.
    pub waits: u64,
    /// How often it was taken from them.
    pub preempted: u64,
}

/// What went through a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueCounters {
    /// How many may wait (`queue`); `None`: any number.
    pub bound: Option<u64>,
    /// How many did, at most.
    pub peak: u64,
    /// Items, or calls, that were let in.
    pub admitted: u64,
    /// Those that were dropped, new ones and old ones.
    pub dropped: u64,
    /// How often the producer waited for room, or callers did.
    pub producer_blocked: u64,
    /// How long.
    pub blocked_time: Duration,
    /// How often workers waited for items.
    pub worker_starved: u64,
    /// How long, all workers together.
    pub starved_time: Duration,
}

/// The batches of a `#[batched]` place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchCounters {
    /// How many went off.
    pub count: u64,
    /// The items in them.
    pub items: u64,
    /// `size`.
    pub size: u64,
    /// Those that were full.
    pub by_size: u64,
    /// Those whose first item had waited for `linger`.
    pub by_linger: u64,
    /// The others: the source ended, somebody waited, or everything was drained.
    pub by_demand: u64,
}

/// How long the calls of a task function took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Latencies {
    /// From the call to its start on a worker.
    pub queued: Quantiles,
    /// From its start to its end. `None`: none has ended.
    pub running: Option<Quantiles>,
}

/// The report of a process: every place that has been entered.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// In the order of their first entry.
    pub sites: Vec<SiteReport>,
    /// Since the first place was entered.
    pub elapsed: Duration,
    /// The machine's available parallelism.
    pub cores: usize,
    /// Whether `POOL_SERIAL` is set.
    pub serial: bool,
}

/// Every annotated place that has been entered, with what it has counted so far, in the order of
/// first entry.
///
/// ```
/// use pool_runtime::pooled;
///
/// #[pooled(workers = 2)]
/// fn squares(n: u64) -> Vec<u64> {
///     let mut out = Vec::new();
///     for i in 0..n {
///         out.push(i * i);
///     }
///     out
/// }
///
/// squares(1000);
/// let sites = pool_runtime::sites();
/// let site = sites.iter().find(|site| site.name == "squares").unwrap();
/// assert_eq!(site.plan, "pooled(workers = 2)");
/// assert_eq!((site.counters.entries, site.counters.items), (1, 1000));
/// ```
#[must_use]
pub fn sites() -> Vec<SiteReport> {
    registry::all().into_iter().map(SiteReport::of).collect()
}

/// [`sites`] with what concerns the process as a whole. Its `Display` is the table that
/// `POOL_REPORT=1` prints when the process ends, its [`to_json`](Report::to_json) what
/// `POOL_REPORT=json` prints.
#[must_use]
pub fn report() -> Report {
    Report {
        sites: sites(),
        elapsed: registry::elapsed(),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        serial: super::Switches::now().serial(),
    }
}

impl SiteReport {
    fn of(site: &'static Site) -> Self {
        let counters = Counters::of(site);
        let advice = advice::of(&counters).map(|advice| advice.to_string());
        let (name, file, line, plan) = (site.name(), site.file(), site.line(), site.plan());
        Self { name, file, line, plan, counters, advice }
    }
}

impl Counters {
    /// What the place has counted so far.
    pub(super) fn of(site: &'static Site) -> Self {
        let mut counters = Self::of_loop(site.tally());
        if let Some(figures) = crate::task::figures(site) {
            counters.add_tasks(&figures);
        }
        counters
    }

    fn of_loop(tally: &Tally) -> Self {
        let (alone, open) = (&tally.alone, &tally.open);
        let sampled = open.sampled.time();
        Self {
            entries: alone.runs.get() + open.runs.get(),
            inline_runs: alone.runs.get(),
            items: alone.items.get() + open.items.get(),
            blocks: tally.blocks_alone() + open.blocks.get(),
            wall: open.wall.time() + alone_time(tally),
            busy: open.busy.time() + alone_time(tally),
            longest_worker: open.longest.time() + alone_time(tally),
            idle: open.idle.time(),
            shared_wall: open.wall.time(),
            workers_joined: open.workers.get(),
            workers: tally.workers.get(),
            wake_ups: open.wakes.get(),
            claiming: open.claiming.time(),
            merging: open.merging.time(),
            turn_waiting: open.turning.time(),
            processor: (!sampled.is_zero()).then(|| ProcessorCounters {
                busy: sampled,
                on_processor: open.processor.time(),
                wall: open.sampled_wall.time(),
                waits: open.waits.get(),
                preempted: open.preempted.get(),
            }),
            queue: queue(tally),
            batches: batches(tally),
            errors: tally.errors.get(),
            panics: tally.panics.get(),
            timeouts: tally.timeouts.get(),
            latency: None,
            chunk: Some(tally.chunk.get()).filter(|&chunk| chunk > 0),
            wake_up_time: tally.join_ns.time(),
        }
    }

    fn add_tasks(&mut self, figures: &TaskFigures) {
        let queue = &figures.queue;
        self.entries += queue.admitted + queue.dropped - figures.evicted + figures.aside;
        self.inline_runs += figures.aside + figures.early;
        let unrun = figures.waiting + figures.withdrawn;
        self.items += (queue.admitted + figures.aside).saturating_sub(unrun);
        self.blocks += figures.blocks;
        self.busy += figures.busy;
        self.panics += figures.panics;
        self.workers = self.workers.max(figures.workers);
        self.wake_ups += figures.wakes;
        self.queue = Some(QueueCounters::of(&figures.queue));
        self.batches = (figures.queue.size > 0).then(|| BatchCounters::of(&figures.queue));
        self.latency = figures.latency;
        self.processor = figures.processor;
    }
}

/// How long the runs on the calling thread took: measured, and the others by the same measure.
fn alone_time(tally: &Tally) -> Duration {
    let timed = tally.alone.timed_items.get();
    if timed == 0 {
        return tally.alone.timed_ns.time();
    }
    let share = tally.alone.items.get().max(timed) as f64 / timed as f64;
    tally.alone.timed_ns.time().mul_f64(share)
}

fn queue(tally: &Tally) -> Option<QueueCounters> {
    let queue = &tally.queue;
    (queue.bound.get() > 0).then(|| QueueCounters {
        bound: Some(queue.bound.get()),
        peak: queue.peak.get(),
        admitted: queue.admitted.get(),
        dropped: queue.dropped.get(),
        producer_blocked: queue.blocked.get(),
        blocked_time: queue.blocked_ns.time(),
        worker_starved: queue.starved.get(),
        starved_time: queue.starved_ns.time(),
    })
}

fn batches(tally: &Tally) -> Option<BatchCounters> {
    let queue = &tally.queue;
    (queue.size.get() > 0).then(|| BatchCounters {
        count: queue.batches.get(),
        items: queue.batched.get(),
        size: queue.size.get(),
        by_size: queue.by_size.get(),
        by_linger: queue.by_linger.get(),
        by_demand: queue.by_demand.get(),
    })
}

impl QueueCounters {
    fn of(figures: &QueueFigures) -> Self {
        Self {
            bound: (figures.bound > 0).then_some(figures.bound as u64),
            peak: figures.peak as u64,
            admitted: figures.admitted,
            dropped: figures.dropped,
            producer_blocked: figures.blocked,
            blocked_time: figures.blocked_time,
            worker_starved: figures.starved,
            starved_time: figures.starved_time,
        }
    }
}

impl BatchCounters {
    fn of(figures: &QueueFigures) -> Self {
        Self {
            count: figures.batches,
            items: figures.batched,
            size: figures.size as u64,
            by_size: figures.by_size,
            by_linger: figures.by_linger,
            by_demand: figures.by_demand,
        }
    }
}
