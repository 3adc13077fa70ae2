//! Each rule on the figures of a real program built to have its fault, as `recorded.txt` has them
//! from a machine that was left alone. `tests/report/advice.rs` runs the programs, and wrote them.

use std::collections::HashMap;
use std::time::Duration;

use super::{Counters, of};
use crate::report::figures::{ProcessorCounters, QueueCounters};

#[test]
fn the_figures_of_each_program_lead_to_its_advice() {
    let mut heard = Vec::new();
    for line in include_str!("recorded.txt").lines() {
        let [program, advised, figures] = line.split('"').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let advice = of(&counters(figures)).map_or("none".to_owned(), |advice| advice.to_string());
        assert!(advice.starts_with(advised), "{program}: {advice}: {figures}");
        heard.push(advised);
    }
    heard.sort_unstable();
    heard.dedup();
    assert_eq!(heard.len(), 15, "{heard:?}");
}

/// What the rules read.
fn counters(figures: &str) -> Counters {
    let known: HashMap<&str, u64> = figures
        .split(' ')
        .filter_map(|figure| figure.split_once('='))
        .map(|(name, number)| (name, number.parse().unwrap()))
        .collect();
    let has = |group: &str| known.keys().any(|name| name.starts_with(group));
    let number = |name: &str| *known.get(name).unwrap_or_else(|| panic!("no {name}"));
    let ns = |name: &str| Duration::from_nanos(number(name));
    Counters {
        entries: number("entries"),
        inline_runs: number("inline_runs"),
        items: number("items"),
        blocks: number("blocks"),
        wall: ns("wall_ns"),
        busy: ns("busy_ns"),
        longest_worker: ns("longest_worker_ns"),
        idle: ns("idle_ns"),
        shared_wall: ns("shared_wall_ns"),
        workers_joined: number("workers_joined"),
        workers: number("workers"),
        wake_ups: number("wake_ups"),
        claiming: ns("claiming_ns"),
        merging: ns("merging_ns"),
        turn_waiting: ns("turn_waiting_ns"),
        processor: has("processor.").then(|| ProcessorCounters {
            busy: ns("processor.busy_ns"),
            on_processor: ns("processor.on_processor_ns"),
            wall: ns("processor.wall_ns"),
            waits: number("processor.waits"),
            preempted: number("processor.preempted"),
        }),
        queue: has("queue.").then(|| QueueCounters {
            bound: Some(number("queue.bound")),
            peak: number("queue.peak"),
            admitted: number("queue.admitted"),
            dropped: number("queue.dropped"),
            producer_blocked: number("queue.producer_blocked"),
            blocked_time: ns("queue.blocked_time_ns"),
            worker_starved: number("queue.worker_starved"),
            starved_time: ns("queue.starved_time_ns"),
        }),
        chunk: known.get("chunk").copied(),
        wake_up_time: ns("wake_up_time_ns"),
        ..Counters::default()
    }
}
