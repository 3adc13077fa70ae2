//! Feature `metrics`: the counters of every place through the facade of that name.
//!
//! They count in the place's own atomics anyway, so nothing is counted twice: from time to time the
//! sums are published as they stand (`Counter::absolute`). A recorder is a lock and a look-up for
//! each counter, some microseconds for all of a place, so that a place publishes
//!
//! * at the end of each of its first [`EACH`] runs;
//! * later, at the end of one run in [`EACH`] of those that stayed on the calling thread, and of
//!   those with helpers, or of calls of a task function, at most every [`PAUSE`];
//! * when a worker of a task function has nothing more to do;
//! * in [`publish_metrics`].

#[cfg(feature = "metrics")]
pub use on::publish_metrics;

#[cfg(not(feature = "metrics"))]
pub(crate) use off::Published;
#[cfg(feature = "metrics")]
pub(crate) use on::Published;

use crate::site::Site;

/// The run of a loop: ends, and may be published, when this goes.
pub(crate) struct Running(pub(crate) &'static Site);

impl Drop for Running {
    #[inline]
    fn drop(&mut self) {
        self.0.published().ran(self.0);
    }
}

#[cfg(feature = "metrics")]
mod on {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::OnceLock;
    use std::time::Duration;

    use metrics::{Key, Label, Level, Metadata, Recorder, SharedString, Unit, with_recorder};

    use crate::clock::{nanos, now_ns};
    use crate::report::count::Count;
    use crate::report::figures::{BatchCounters, Counters, QueueCounters};
    use crate::report::registry;
    use crate::site::Site;

    /// How many runs are published one by one.
    const EACH: u64 = 64;
    /// The shortest time between two that are published later.
    const PAUSE: Duration = Duration::from_millis(10);

    /// What a place has published.
    #[derive(Debug)]
    pub(crate) struct Published {
        /// A key for each of [`METRICS`].
        keys: OnceLock<Box<[Key]>>,
        /// When, by [`now_ns`].
        last: Count,
    }

    impl Published {
        pub(crate) const fn new() -> Self {
            Self { keys: OnceLock::new(), last: Count::new() }
        }

        /// A run of a loop has ended.
        #[inline]
        pub(crate) fn ran(&self, site: &'static Site) {
            let (runs, shared) = (site.tally().runs(), site.tally().regions() > 0);
            if runs <= EACH || runs.is_multiple_of(EACH) || (shared && self.is_due()) {
                self.publish(site);
            }
        }

        /// A worker of a task function has run some calls; `last`: there are no more.
        #[inline]
        pub(crate) fn worked(&self, site: &'static Site, last: bool) {
            if last || self.is_due() {
                self.publish(site);
            }
        }

        fn is_due(&self) -> bool {
            now_ns().saturating_sub(self.last.get()) >= nanos(PAUSE)
        }

        /// Hands the place's sums to the recorder.
        #[cold]
        fn publish(&self, site: &'static Site) {
            self.last.set(now_ns());
            let counters = Counters::of(site);
            let keys = self.keys.get_or_init(|| keys(site));
            // The recorder is the user's, and may panic. That must not end a worker, which would
            // never be missed, nor come out of a destructor; the panic hook has said it.
            let _ = catch_unwind(AssertUnwindSafe(|| {
                with_recorder(|recorder| record(recorder, &counters, keys));
            }));
        }
    }

    fn record(recorder: &dyn Recorder, counters: &Counters, keys: &[Key]) {
        describe(recorder);
        for (metric, key) in METRICS.iter().zip(keys) {
            // What never happens here is not listed.
            let value = (metric.value)(counters);
            if value > 0 {
                recorder.register_counter(key, &METADATA).absolute(value);
            }
        }
    }

    static METADATA: Metadata<'static> =
        Metadata::new("pool_runtime", Level::INFO, Some("pool_runtime"));

    fn keys(site: &Site) -> Box<[Key]> {
        let labels = [
            Label::new("name", site.name()),
            Label::new("file", site.file()),
            Label::new("line", site.line().to_string()),
        ];
        let key = |metric: &Metric| Key::from_parts(metric.name, labels.to_vec());
        METRICS.iter().map(key).collect()
    }

    /// Tells the process's recorder what the metrics are, once.
    fn describe(recorder: &dyn Recorder) {
        static DESCRIBED: OnceLock<()> = OnceLock::new();
        DESCRIBED.get_or_init(|| {
            for Metric { name, unit, what, .. } in METRICS {
                let name = SharedString::const_str(name);
                recorder.describe_counter(name.into(), Some(*unit), SharedString::const_str(what));
            }
        });
    }

    struct Metric {
        name: &'static str,
        unit: Unit,
        what: &'static str,
        value: fn(&Counters) -> u64,
    }

    const fn count(name: &'static str, what: &'static str, value: fn(&Counters) -> u64) -> Metric {
        Metric { name, unit: Unit::Count, what, value }
    }

    const fn time(name: &'static str, what: &'static str, value: fn(&Counters) -> u64) -> Metric {
        Metric { name, unit: Unit::Nanoseconds, what, value }
    }

    fn queue(counters: &Counters) -> QueueCounters {
        counters.queue.unwrap_or_default()
    }

    fn batches(counters: &Counters) -> BatchCounters {
        counters.batches.unwrap_or_default()
    }

    /// All metrics. What they mean in detail stands at the fields of [`Counters`].
    static METRICS: &[Metric] = &[
        count("pool_entries_total", "runs of the loop, or calls of the task function", |all| {
            all.entries
        }),
        count("pool_inline_runs_total", "runs that stayed on the calling thread", |all| {
            all.inline_runs
        }),
        count("pool_items_total", "items, or calls, that ran", |all| all.items),
        count("pool_blocks_total", "stretches of items that a body got in one piece", |all| {
            all.blocks
        }),
        time("pool_wall_nanoseconds_total", "time from start to end of runs", |all| {
            nanos(all.wall)
        }),
        time("pool_busy_nanoseconds_total", "time in bodies, of all workers", |all| {
            nanos(all.busy)
        }),
        time("pool_idle_nanoseconds_total", "time that workers waited for the last one", |all| {
            nanos(all.idle)
        }),
        count("pool_workers_joined_total", "workers that took part in runs", |all| {
            all.workers_joined
        }),
        count("pool_wake_ups_total", "threads that had to be woken", |all| all.wake_ups),
        count("pool_errors_total", "runs, or items, that ended with an error", |all| all.errors),
        count("pool_panics_total", "panics of bodies and sources", |all| all.panics),
        count("pool_timeouts_total", "runs that `timeout` ended", |all| all.timeouts),
        count("pool_queue_admitted_total", "items that were let into the queue", |all| {
            queue(all).admitted
        }),
        count("pool_queue_dropped_total", "items that a full queue dropped", |all| {
            queue(all).dropped
        }),
        count("pool_queue_blocked_total", "waits of the producer for room", |all| {
            queue(all).producer_blocked
        }),
        time("pool_queue_blocked_nanoseconds_total", "time of these waits", |all| {
            nanos(queue(all).blocked_time)
        }),
        count("pool_queue_starved_total", "waits of workers for items", |all| {
            queue(all).worker_starved
        }),
        time("pool_queue_starved_nanoseconds_total", "time of these waits", |all| {
            nanos(queue(all).starved_time)
        }),
        count("pool_batches_total", "batches that went off", |all| batches(all).count),
        count("pool_batches_full_total", "batches that were full", |all| batches(all).by_size),
        count("pool_batches_linger_total", "batches that `linger` sent off", |all| {
            batches(all).by_linger
        }),
        count("pool_batches_demand_total", "batches that somebody waited for", |all| {
            batches(all).by_demand
        }),
    ];

    /// Hands the counters of every place to the recorder of the crate `metrics`, as they stand:
    /// those that [`sites`](crate::sites) shows, as counters named `pool_entries_total`,
    /// `pool_items_total`, `pool_queue_dropped_total` and so on, labelled with the place's `name`,
    /// `file` and `line`. Times are in nanoseconds. Counters that are 0 are left out.
    ///
    /// Feature `metrics`. Places publish by themselves, when they end a run or are out of calls;
    /// places that are run very often leave out some, and are then at most 63 short runs, or 10 ms,
    /// behind. To be exact, call this before the metrics are read. Some microseconds a place.
    ///
    /// ```
    /// use pool_runtime::pooled;
    ///
    /// #[pooled]
    /// fn sum(values: &[u64]) -> u64 {
    ///     let mut sum = 0;
    ///     for value in values {
    ///         sum += value;
    ///     }
    ///     sum
    /// }
    ///
    /// // metrics_exporter_prometheus::PrometheusBuilder::new().install()?;
    /// sum(&[1, 2, 3]);
    /// pool_runtime::publish_metrics();
    /// ```
    pub fn publish_metrics() {
        for site in registry::all() {
            site.published().publish(site);
        }
    }
}

#[cfg(not(feature = "metrics"))]
mod off {
    use crate::site::Site;

    /// Nothing.
    #[derive(Debug)]
    pub(crate) struct Published;

    impl Published {
        pub(crate) const fn new() -> Self {
            Self
        }

        #[inline(always)]
        pub(crate) fn ran(&self, _: &'static Site) {}

        #[inline(always)]
        pub(crate) fn worked(&self, _: &'static Site, _: bool) {}
    }
}
