//! What the environment switches on, in processes of their own: `POOL_REPORT`, `POOL_TRACE`,
//! `POOL_SERIAL`, `POOL_WORKERS`, and advice on programs built to have exactly one fault.

mod advice;
mod programs;

use std::collections::{BTreeMap, BTreeSet};
use std::env::{current_exe, temp_dir};
use std::process::{Command, Output};

/// Runs one of the programs, which are ignored tests, in a process of its own.
fn run(program: &str, environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(current_exe().unwrap());
    let program = format!("programs::{program}");
    command.args(["--ignored", "--exact", "--nocapture", "--test-threads=1", &program]);
    for name in ["POOL_REPORT", "POOL_TRACE", "POOL_SERIAL", "POOL_WORKERS"] {
        command.env_remove(name);
    }
    command.envs(environment.iter().copied()).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The report of a program, as JSON.
fn json(program: &str, environment: &[(&str, &str)]) -> jzon::JsonValue {
    let mut all = vec![("POOL_REPORT", "json")];
    all.extend(environment);
    let said = said(&run(program, &all));
    let line = said.lines().find(|line| line.starts_with("{\"elapsed_ns\"")).unwrap_or_else(|| {
        panic!("no report: {said}");
    });
    jzon::parse(line).unwrap()
}

fn counters(program: &str, environment: &[(&str, &str)]) -> jzon::JsonValue {
    json(program, environment)["sites"][0]["counters"].clone()
}

#[test]
fn nothing_is_said_without_being_asked() {
    let output = run("program_sum", &[]);
    assert!(output.status.success());
    assert!(!said(&output).contains("pool-runtime"), "{}", said(&output));
}

#[test]
fn the_table_comes_at_the_end_of_main() {
    let output = run("program_sum", &[("POOL_REPORT", "1")]);
    assert!(output.status.success());
    let said = said(&output);
    assert!(said.contains("pool-runtime: 1 place entered"), "{said}");
    assert!(said.contains("summing  "), "{said}");
    assert!(said.contains("#[pooled(workers = 2, name = \"summing\")]"), "{said}");
    assert!(said.contains("4,000,000 items"), "{said}");
}

#[test]
fn the_table_comes_after_exit_and_after_a_panic() {
    let output = run("program_exits", &[("POOL_REPORT", "1")]);
    assert_eq!(output.status.code(), Some(3));
    assert!(said(&output).contains("3 items in"), "{}", said(&output));
    let output = run("program_panics", &[("POOL_REPORT", "1")]);
    assert!(!output.status.success());
    assert!(said(&output).contains("panics 1"), "{}", said(&output));
}

#[test]
fn json_has_the_counters() {
    let counters = counters("program_sum", &[]);
    assert_eq!(counters["entries"], 1);
    assert_eq!(counters["items"], 4_000_000);
    assert!(counters["wall_ns"].as_u64().unwrap() > 0);
    assert!(counters["busy_ns"].as_u64().unwrap() > 0);
    assert_eq!(counters["panics"], 0);
}

#[test]
fn tasks_tell_how_long_they_waited_and_ran() {
    let counters = counters("program_tasks", &[]);
    assert_eq!(counters["entries"], 200);
    assert_eq!(counters["items"], 200);
    assert_eq!(counters["queue"]["admitted"], 200);
    assert_eq!(counters["latency"]["queued"]["samples"], 200);
    let [p50, p99, max] = ["p50_ns", "p99_ns", "max_ns"]
        .map(|name| counters["latency"]["queued"][name].as_u64().unwrap());
    assert!(p50 <= p99 && p99 <= max);
}

#[test]
fn a_task_that_was_joined_has_been_counted() {
    let output = run("program_counts_tasks", &[]);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn errors_that_are_all_collected_are_all_counted() {
    let counters = counters("program_fails", &[]);
    assert_eq!((&counters["errors"], &counters["items"]), (&500.into(), &1000.into()));
}

#[test]
fn serial_runs_everything_in_order_on_the_calling_thread() {
    let output = run("program_serial", &[("POOL_SERIAL", "1")]);
    assert!(output.status.success(), "{}", said(&output));
    let serial = counters("program_sum", &[("POOL_SERIAL", "1")]);
    assert_eq!((&serial["inline_runs"], &serial["workers_joined"]), (&1.into(), &0.into()));
    assert!(serial["wall_ns"].as_u64().unwrap() > 0, "the baseline is timed");
}

#[test]
fn the_global_pool_has_as_many_workers_as_the_environment_says() {
    let output = run("program_workers", &[("POOL_WORKERS", "7")]);
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn the_trace_is_valid_and_says_who_did_what() {
    let path = temp_dir().join(format!("pool-trace-{}.json", std::process::id()));
    for program in ["program_waits", "program_starves", "program_tasks"] {
        let output = run(program, &[("POOL_TRACE", path.to_str().unwrap())]);
        assert!(output.status.success(), "{}", said(&output));
        let text = std::fs::read_to_string(&path).unwrap();
        let events = jzon::parse(&text).unwrap();
        opens(program, &events);
        let threads: Vec<_> = events.members().filter(|event| event["ph"] == "M").collect();
        assert!(threads.len() >= 2, "{program}: {text}");
        assert!(threads.iter().all(|event| event["args"]["name"].is_string()));
        let slices: Vec<_> = events.members().filter(|event| event["ph"] == "X").collect();
        assert!(slices.iter().all(|slice| {
            slice["ts"].is_number() && slice["dur"].as_f64().unwrap() >= 0.0 && slice["pid"] != 0
        }));
        let of = |category: &str| slices.iter().filter(|slice| slice["cat"] == category).count();
        match program {
            "program_waits" => assert_eq!((of("run"), of("block")), (1, 40), "{text}"),
            "program_starves" => {
                assert!(of("wait") > 0, "{text}");
                // The calling thread produces, which is no waiting for items.
                let run = slices.iter().find(|slice| slice["cat"] == "run").unwrap();
                let most = run["dur"].as_f64().unwrap() / 2.0;
                let own = slices.iter().filter(|slice| slice["tid"] == run["tid"]);
                let mut waits = own.filter(|slice| slice["name"] == "wait for items");
                assert!(waits.all(|wait| wait["dur"].as_f64().unwrap() < most), "{text}");
                assert!(events.members().any(|event| event["ph"] == "C"), "{text}");
            }
            _ => {
                assert!(of("calls") > 0, "{text}");
                let depths = events.members().filter(|event| event["ph"] == "C");
                let depths: Vec<_> = depths.map(|event| event["args"]["waiting"].clone()).collect();
                assert!(depths.iter().any(|depth| *depth != 0), "{text}");
                assert!(depths.iter().any(|depth| *depth == 0), "{text}");
            }
        }
    }
    std::fs::remove_file(path).unwrap();
}

/// What Perfetto asks of a trace to show all of it: known kinds of events, a name for each track,
/// slices that lie within each other or apart, and queues that are empty in the end.
fn opens(program: &str, events: &jzon::JsonValue) {
    let mut slices: BTreeMap<u64, Vec<(f64, f64)>> = BTreeMap::new();
    let mut depths: BTreeMap<String, (f64, u64)> = BTreeMap::new();
    let mut named = BTreeSet::new();
    let process = events[0]["pid"].as_u64().unwrap();
    for event in events.members() {
        assert_eq!(event["pid"], process, "{event}");
        let thread = event["tid"].as_u64();
        match event["ph"].as_str().unwrap() {
            "M" => {
                assert_eq!(event["name"], "thread_name", "{event}");
                assert!(named.insert(thread.unwrap()), "named twice: {event}");
            }
            "X" => {
                let [from, took] = ["ts", "dur"].map(|name| event[name].as_f64().unwrap());
                assert!(event["name"].as_str().is_some_and(|name| !name.is_empty()), "{event}");
                slices.entry(thread.unwrap()).or_default().push((from, from + took));
            }
            "C" => {
                let (at, depth) = (event["ts"].as_f64(), event["args"]["waiting"].as_u64());
                let last = depths.entry(event["name"].to_string()).or_default();
                if at.unwrap() >= last.0 {
                    *last = (at.unwrap(), depth.unwrap());
                }
            }
            other => panic!("no such kind of event: {other}"),
        }
    }
    assert!(slices.keys().all(|thread| named.contains(thread)), "{program}: a track has no name");
    assert!(depths.values().all(|(_, depth)| *depth == 0), "{program}: {depths:?}");
    for (thread, mut track) in slices {
        track.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
        let mut around: Vec<(f64, f64)> = Vec::new();
        for (from, to) in track {
            // Times are rounded to a nanosecond.
            around.retain(|outer| outer.1 > from + 0.002);
            let fits = around.last().is_none_or(|outer| to <= outer.1 + 0.002);
            assert!(fits, "{program}: thread {thread}: {from} to {to} in {around:?}");
            around.push((from, to));
        }
    }
}
