//! The report for people: one paragraph a place.

use std::fmt;

use super::figures::{Counters, Report, SiteReport};
use super::human::{count, percent, time};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.sites.len();
        let plural = if places == 1 { "" } else { "s" };
        write!(f, "pool-runtime: {places} place{plural} entered in {}", time(self.elapsed))?;
        write!(f, " on {} cores", self.cores)?;
        writeln!(
            f,
            "{}",
            if self.serial { ", POOL_SERIAL: all on the calling thread" } else { "" }
        )?;
        for site in &self.sites {
            write!(f, "{site}")?;
        }
        Ok(())
    }
}

impl fmt::Display for SiteReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SiteReport { name, file, line, plan, counters, advice } = self;
        writeln!(f, "\n{name}  {file}:{line}  #[{plan}]")?;
        let mut row = |label: &str, text: String| writeln!(f, "  {label:<10}{text}");
        row("entered", entered(counters))?;
        if !counters.busy.is_zero() {
            row("time", times(counters))?;
        }
        if let Some(text) = shared(counters) {
            row("workers", text)?;
        }
        if let Some(seen) = counters.processor {
            let share = seen.on_processor.as_secs_f64() / seen.busy.as_secs_f64().max(1e-9);
            let (waits, preempted) = (count(seen.waits), count(seen.preempted));
            let share = percent(share.min(1.0));
            row("processor", format!("{share} of busy; gave up {waits}, taken away {preempted}"))?;
        }
        if let Some(queue) = counters.queue {
            let bound = queue.bound.map_or("unbounded".to_owned(), count);
            row(
                "queue",
                format!(
                    "peak {} of {bound}; admitted {}, dropped {}; producer blocked {} ({}), \
                     workers starved {} ({})",
                    count(queue.peak),
                    count(queue.admitted),
                    count(queue.dropped),
                    count(queue.producer_blocked),
                    time(queue.blocked_time),
                    count(queue.worker_starved),
                    time(queue.starved_time),
                ),
            )?;
        }
        if let Some(batches) = counters.batches {
            let fill = batches.items as f64 / (batches.count * batches.size).max(1) as f64;
            row(
                "batches",
                format!(
                    "{} of up to {}, {} full on average; went off by size {}, linger {}, demand {}",
                    count(batches.count),
                    count(batches.size),
                    percent(fill),
                    count(batches.by_size),
                    count(batches.by_linger),
                    count(batches.by_demand),
                ),
            )?;
        }
        if let Some(latency) = counters.latency {
            let line = |of: super::Quantiles| {
                let [p50, p90, p99, max] = [of.p50, of.p90, of.p99, of.max].map(time);
                format!("p50 {p50}, p90 {p90}, p99 {p99}, max {max} ({} calls)", count(of.samples))
            };
            row("queued", line(latency.queued))?;
            if let Some(running) = latency.running {
                row("running", line(running))?;
            }
        }
        if counters.errors + counters.panics + counters.timeouts > 0 {
            let [errors, panics, timeouts] =
                [counters.errors, counters.panics, counters.timeouts].map(count);
            row("ended by", format!("errors {errors}, panics {panics}, time-outs {timeouts}"))?;
        }
        match advice {
            Some(advice) => row("advice", advice.clone()),
            None => Ok(()),
        }
    }
}

fn entered(counters: &Counters) -> String {
    let times =
        |times: u64| if times == 1 { "once".to_owned() } else { format!("{}x", count(times)) };
    let mut text = times(counters.entries);
    if counters.inline_runs > 0 && counters.inline_runs < counters.entries {
        text += &format!(", {} on the calling thread alone", times(counters.inline_runs));
    } else if counters.inline_runs > 0 {
        text += ", on the calling thread alone";
    }
    text + &format!("; {} items in {} blocks", count(counters.items), count(counters.blocks))
}

fn times(counters: &Counters) -> String {
    let mut text = String::new();
    if !counters.wall.is_zero() {
        text += &format!("wall {}, ", time(counters.wall));
    }
    text += &format!("busy {}", time(counters.busy));
    if counters.items > 0 {
        let item = counters.busy.div_f64(counters.items as f64);
        text += &format!(" ({} an item)", time(item));
    }
    if !counters.shared_wall.is_zero() && !counters.wall.is_zero() {
        let at_once = counters.busy.as_secs_f64() / counters.wall.as_secs_f64();
        text += &format!(", {at_once:.2} at once");
    }
    text
}

fn shared(counters: &Counters) -> Option<String> {
    let runs = counters.entries.saturating_sub(counters.inline_runs);
    if counters.shared_wall.is_zero() || runs == 0 {
        return None;
    }
    let joined = counters.workers_joined as f64 / runs as f64;
    let mut text = format!(
        "{joined:.1} of {} a run; longest busy {}, idle at the join {}; {} woken",
        counters.workers,
        time(counters.longest_worker),
        time(counters.idle),
        count(counters.wake_ups),
    );
    for (label, waited) in [
        ("claiming", counters.claiming),
        ("merging", counters.merging),
        ("waiting for turns", counters.turn_waiting),
    ] {
        if waited * 100 > counters.busy {
            text += &format!("; {label} {}", time(waited));
        }
    }
    Some(text)
}
