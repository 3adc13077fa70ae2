//! What the environment switches on, in processes of their own: `POOL_REPORT`, `POOL_TRACE`,
//! `POOL_SERIAL`, `POOL_WORKERS`, and advice on programs built to have exactly one fault.

use std::env::{current_exe, temp_dir};
use std::process::{Command, Output, exit};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use pool_runtime::{Admission, Task, batched, bounded, join_all, pooled};

/// Runs one of the programs below, the ignored tests, in a process of its own.
fn run(program: &str, environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(current_exe().unwrap());
    command.args(["--ignored", "--exact", "--nocapture", "--test-threads=1", program]);
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

fn advice(program: &str) -> String {
    json(program, &[])["sites"][0]["advice"].as_str().unwrap_or("none").to_owned()
}

// The programs.

#[pooled(workers = 2, name = "summing")]
fn sum(values: &[u64]) -> u64 {
    let mut sum = 0_u64;
    for value in values {
        sum ^= value.wrapping_mul(*value);
    }
    sum
}

#[test]
#[ignore = "a program"]
fn program_sum() {
    let values: Vec<u64> = (0..4_000_000).collect();
    assert_ne!(sum(&values), 0);
}

#[test]
#[ignore = "a program"]
fn program_exits() {
    assert_eq!(sum(&[1, 2, 4]), 21);
    exit(3);
}

#[pooled(workers = 2)]
fn panics(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        assert!(i < 500, "five hundred");
        sum += i;
    }
    sum
}

#[test]
#[ignore = "a program"]
fn program_panics() {
    panics(1000);
}

#[pooled(workers = 4)]
fn waits(n: u64) {
    for _ in 0..n {
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
#[ignore = "a program"]
fn program_waits() {
    waits(40);
}

#[bounded(workers = 2, queue = 4, on_full = "drop", dropped = lost)]
fn drops(n: u64) -> u64 {
    let mut lost = 0_u64;
    for _ in 0..n {
        thread::sleep(Duration::from_millis(1));
    }
    lost
}

#[test]
#[ignore = "a program"]
fn program_drops() {
    assert!(drops(1000) > 0);
}

#[bounded(workers = 2, queue = 8)]
fn starves(n: u64) {
    for _ in (0..n).inspect(|_| thread::sleep(Duration::from_millis(3))) {
        std::hint::black_box(0);
    }
}

#[test]
#[ignore = "a program"]
fn program_starves() {
    starves(40);
}

#[pooled(workers = 4, chunk = 1000)]
fn large_chunk(n: u64) {
    for _ in 0..n {
        thread::sleep(Duration::from_micros(100));
    }
}

#[test]
#[ignore = "a program"]
fn program_large_chunk() {
    // Bodies that sleep: whether a machine has cores to spare does not matter.
    large_chunk(1100);
}

#[pooled(workers = 2)]
fn tiny(values: &[u64]) -> u64 {
    let mut sum = 0;
    for value in values {
        sum += *value;
    }
    sum
}

#[test]
#[ignore = "a program"]
fn program_tiny() {
    for _ in 0..10_000 {
        std::hint::black_box(tiny(std::hint::black_box(&[1; 20])));
    }
}

static ORDER: Mutex<Vec<u32>> = Mutex::new(Vec::new());

#[pooled(workers = 3)]
fn note(n: u32) -> Task<thread::ThreadId> {
    ORDER.lock().unwrap().push(n);
    thread::current().id()
}

#[batched(workers = 2, size = 4)]
fn note_all(numbers: Vec<u32>) -> Task<()> {
    ORDER.lock().unwrap().extend(numbers);
}

#[bounded(workers = 2, queue = 2)]
fn note_some(n: u32) -> Admission {
    ORDER.lock().unwrap().push(n);
}

#[pooled(workers = 4)]
fn threads(n: u64) -> Vec<(u64, thread::ThreadId)> {
    let mut seen = Vec::new();
    for i in 0..n {
        thread::sleep(Duration::from_micros(200));
        seen.push((i, thread::current().id()));
    }
    seen
}

#[test]
#[ignore = "a program"]
fn program_serial() {
    let me = thread::current().id();
    assert!(threads(50).iter().enumerate().all(|(at, seen)| *seen == (at as u64, me)));
    for n in 0..5 {
        let task = note(n);
        assert_eq!(ORDER.lock().unwrap().last(), Some(&n), "it ran when it was submitted");
        assert_eq!(task.join().unwrap(), me);
    }
    let all: Vec<_> = (5..10).map(note_all).collect();
    assert_eq!(ORDER.lock().unwrap().len(), 10, "before anybody waits");
    join_all(all);
    for n in 10..15 {
        assert!(matches!(note_some(n), Admission::Accepted));
    }
    assert_eq!(*ORDER.lock().unwrap(), (0..15).collect::<Vec<_>>());
}

#[test]
#[ignore = "a program"]
fn program_tasks() {
    let tasks: Vec<_> = (0..200).map(note).collect();
    assert_eq!(join_all(tasks).len(), 200);
}

#[test]
#[ignore = "a program"]
fn program_workers() {
    assert_eq!(pool_runtime::Pool::global().workers(), 7);
}

// The tests.

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
fn each_fault_gets_its_advice() {
    for (program, advised) in [
        ("program_waits", "downstream-bound"),
        ("program_drops", "drops"),
        ("program_starves", "starved"),
        ("program_large_chunk", "chunk too large"),
        ("program_tiny", "not worth it"),
    ] {
        let advice = advice(program);
        assert!(advice.starts_with(advised), "{program}: {advice}");
    }
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
                assert!(events.members().any(|event| event["ph"] == "C"), "{text}");
            }
            _ => assert!(of("calls") > 0, "{text}"),
        }
    }
    std::fs::remove_file(path).unwrap();
}
