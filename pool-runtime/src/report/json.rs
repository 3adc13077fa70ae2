//! The report for programs: the fields of [`Report`], times in nanoseconds.

use std::time::Duration;

use super::Quantiles;
use super::figures::{Counters, Report, SiteReport};
use super::write_json::{JsonValue, object};
use crate::clock::nanos;

impl Report {
    /// The report as JSON: the fields as they are named here, times as whole nanoseconds with
    /// `_ns` behind the name, and `null` for what does not apply.
    ///
    /// ```
    /// let json = pool_runtime::report().to_json();
    /// assert!(json.starts_with("{\"elapsed_ns\":"));
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        let sites: Vec<JsonValue> = self.sites.iter().map(site).collect();
        object! {
            elapsed_ns: ns(self.elapsed),
            cores: self.cores,
            serial: self.serial,
            sites: sites,
        }
        .dump()
    }
}

fn ns(time: Duration) -> u64 {
    nanos(time)
}

fn site(site: &SiteReport) -> JsonValue {
    object! {
        name: site.name,
        file: site.file,
        line: site.line,
        plan: site.plan,
        counters: counters(&site.counters),
        advice: site.advice.clone(),
    }
}

fn counters(counters: &Counters) -> JsonValue {
    object! {
        entries: counters.entries,
        inline_runs: counters.inline_runs,
        items: counters.items,
        blocks: counters.blocks,
        wall_ns: ns(counters.wall),
        busy_ns: ns(counters.busy),
        longest_worker_ns: ns(counters.longest_worker),
        idle_ns: ns(counters.idle),
        shared_wall_ns: ns(counters.shared_wall),
        workers_joined: counters.workers_joined,
        workers: counters.workers,
        wake_ups: counters.wake_ups,
        claiming_ns: ns(counters.claiming),
        merging_ns: ns(counters.merging),
        turn_waiting_ns: ns(counters.turn_waiting),
        processor: counters.processor.map(|seen| object! {
            busy_ns: ns(seen.busy),
            on_processor_ns: ns(seen.on_processor),
            wall_ns: ns(seen.wall),
            waits: seen.waits,
            preempted: seen.preempted,
        }),
        queue: counters.queue.map(|queue| object! {
            bound: queue.bound,
            peak: queue.peak,
            admitted: queue.admitted,
            dropped: queue.dropped,
            producer_blocked: queue.producer_blocked,
            blocked_time_ns: ns(queue.blocked_time),
            worker_starved: queue.worker_starved,
            starved_time_ns: ns(queue.starved_time),
        }),
        batches: counters.batches.map(|batches| object! {
            count: batches.count,
            items: batches.items,
            size: batches.size,
            by_size: batches.by_size,
            by_linger: batches.by_linger,
            by_demand: batches.by_demand,
        }),
        errors: counters.errors,
        panics: counters.panics,
        timeouts: counters.timeouts,
        latency: counters.latency.map(|latency| object! {
            queued: quantiles(latency.queued),
            running: latency.running.map(quantiles),
        }),
        chunk: counters.chunk,
        wake_up_time_ns: ns(counters.wake_up_time),
    }
}

fn quantiles(of: Quantiles) -> JsonValue {
    object! {
        samples: of.samples,
        p50_ns: ns(of.p50),
        p90_ns: ns(of.p90),
        p99_ns: ns(of.p99),
        max_ns: ns(of.max),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figures::{
        BatchCounters, Latencies, ProcessorCounters, QueueCounters, SiteReport,
    };

    #[test]
    fn the_manual_names_every_field() {
        let counters = Counters {
            processor: Some(ProcessorCounters::default()),
            queue: Some(QueueCounters::default()),
            batches: Some(BatchCounters::default()),
            latency: Some(Latencies { queued: Quantiles::default(), running: None }),
            ..Counters::default()
        };
        let site = SiteReport { name: "", file: "", line: 1, plan: "", counters, advice: None };
        let report = Report { sites: vec![site], elapsed: Duration::ZERO, cores: 2, serial: false };
        let json = report.to_json();
        let parts: Vec<&str> = json.split('"').collect();
        let fields = parts.windows(2).filter(|pair| pair[1].starts_with(':')).map(|pair| pair[0]);
        let page = include_str!("../guide/seeing.md");
        let table = page.split("# The report as JSON").nth(1).unwrap().split("```").next().unwrap();
        let mut number = 0;
        for field in fields {
            let within = ["processor", "queue", "batches", "latency"].contains(&field);
            let name = if within { format!("`counters.{field}`") } else { format!("`{field}`") };
            assert!(table.contains(&name), "{name} is not in the manual");
            number += 1;
        }
        assert_eq!(number, 60, "{json}");
    }
}
