//! The report for people: a line for each place, then a paragraph for each.

use std::fmt;
use std::time::Duration;

use super::figures::{Counters, Report, SiteReport};
use super::human::{count, cut, percent, time, wrap};

/// No line is longer, unless a single word is.
const WIDTH: usize = 100;

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
        if places > 1 {
            writeln!(f)?;
            overview(f, &self.sites)?;
        }
        for site in &self.sites {
            write!(f, "{site}")?;
        }
        Ok(())
    }
}

/// The columns of the overview; the first and the last are aligned to the left.
const COLUMNS: [&str; 8] =
    ["place", "entered", "items", "an item", "wall", "busy", "at once", "advice"];

/// A line for each place, so that the one that matters is found.
fn overview(f: &mut fmt::Formatter<'_>, sites: &[SiteReport]) -> fmt::Result {
    let rows: Vec<[String; 8]> = sites.iter().map(summary).collect();
    let mut widths: [usize; 8] = std::array::from_fn(|at| {
        let cells = rows.iter().map(|row| row[at].chars().count());
        cells.max().unwrap_or(0).max(COLUMNS[at].len())
    });
    // Names have what the figures leave.
    let others: usize = widths.iter().skip(1).map(|width| 2 + width).sum();
    widths[0] = widths[0].min(WIDTH.saturating_sub(others));
    let titles = COLUMNS.map(str::to_owned);
    for row in std::iter::once(&titles).chain(&rows) {
        let mut line = format!("{:<1$}", cut(&row[0], widths[0]), widths[0]);
        for (cell, width) in row.iter().zip(widths).skip(1).take(6) {
            line += &format!("  {cell:>width$}");
        }
        line += &format!("  {}", row[7]);
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}

fn summary(site: &SiteReport) -> [String; 8] {
    let counters = &site.counters;
    let some = |figure: Duration| match figure.is_zero() {
        true => "-".to_owned(),
        false => time(figure),
    };
    // What it begins with says what kind it is.
    let kind = site.advice.as_deref().and_then(|advice| advice.split(':').next());
    [
        site.name.to_owned(),
        count(counters.entries),
        count(counters.items),
        some(an_item(counters).unwrap_or_default()),
        some(counters.wall),
        some(counters.busy),
        at_once(counters).map_or("-".to_owned(), |times| format!("{times:.2}")),
        kind.unwrap_or("").to_owned(),
    ]
}

/// What an item keeps a worker busy.
fn an_item(counters: &Counters) -> Option<Duration> {
    (counters.items > 0).then(|| counters.busy.div_f64(counters.items as f64))
}

/// How many workers were busy at a time, where there were several.
fn at_once(counters: &Counters) -> Option<f64> {
    let shared = !counters.shared_wall.is_zero() && !counters.wall.is_zero();
    shared.then(|| counters.busy.as_secs_f64() / counters.wall.as_secs_f64())
}

impl fmt::Display for SiteReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SiteReport { name, file, line, plan, counters, advice } = self;
        let (name, place) = (cut(name, WIDTH / 2), format!(":{line}"));
        let taken = name.chars().count() + 2 + place.len();
        let place = cut(file, WIDTH - taken) + &place;
        let head = format!("{name}  {place}");
        match head.chars().count() + 5 + plan.chars().count() {
            ..=WIDTH => writeln!(f, "\n{head}  #[{plan}]")?,
            _ => writeln!(f, "\n{head}\n{}", wrap("  ", &format!("#[{plan}]"), WIDTH))?,
        }
        let mut row = |label: &str, text: String| {
            writeln!(f, "{}", wrap(&format!("  {label:<10}"), &text, WIDTH))
        };
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
    if let Some(item) = an_item(counters) {
        text += &format!(" ({} an item)", time(item));
    }
    if let Some(at_once) = at_once(counters) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figures::QueueCounters;

    fn site(name: &'static str, plan: &'static str) -> SiteReport {
        let ms = Duration::from_millis;
        let counters = Counters {
            entries: 1_000_000,
            items: 1_000_000_000,
            blocks: 10_000_000,
            wall: ms(123_000),
            shared_wall: ms(123_000),
            busy: ms(456_000),
            workers: 8,
            workers_joined: 8_000_000,
            queue: Some(QueueCounters {
                bound: Some(500),
                admitted: 1_000_000_000,
                producer_blocked: 123_456_789,
                blocked_time: ms(98_765),
                worker_starved: 123_456,
                ..QueueCounters::default()
            }),
            ..Counters::default()
        };
        let advice = Some(format!("producer blocked: {}", ["it waited for room"; 9].join(" ")));
        let file =
            "/home/somebody/with/a/long/path/to/the/workspace/that/holds/crates/one/src/lib.rs";
        SiteReport { name, file, line: 1_234, plan, counters, advice }
    }

    #[test]
    fn a_hundred_columns_hold_whatever_is_counted() {
        let plan = "bounded(workers = 50, queue = 500, on_full = \"drop\", dropped = lost, \
                    name = \"a name that is longer than anybody would like\")";
        let long = "a name that is longer than anybody would like";
        let sites = vec![site(long, plan), site("short", "pooled")];
        let text = Report { sites, elapsed: Duration::ZERO, cores: 2, serial: false }.to_string();
        let longest = text.lines().map(|line| line.chars().count()).max();
        assert!(longest <= Some(WIDTH), "{longest:?}: {text}");
        assert!(text.lines().all(|line| line.trim_end() == line), "{text}");
        // The columns of the overview end at the same place.
        let ends: Vec<_> =
            text.lines().filter_map(|line| line.find("  producer blocked")).collect();
        assert!(ends.len() >= 2 && ends[0] == ends[1], "{text}");
        assert!(text.contains("\nshort            "), "{text}");
        assert!(text.contains("crates/one/src/lib.rs:1234"), "{text}");
        assert_eq!(text.matches("1,000,000,000").count(), 6, "{text}");
    }
}
