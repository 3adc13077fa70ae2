//! What the environment switches on, in processes of their own: `POOL_REPORT`, `POOL_TRACE`,
//! `POOL_SERIAL`, `POOL_WORKERS`, and advice on programs built to have exactly one fault.

use std::env::{current_exe, temp_dir};
use std::process::{Command, Output, exit};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use pool_runtime::{Accumulate, Admission, Errors, Task, batched, bounded, join_all, pooled};

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

/// The advice of the place that a program is about, or has.
fn advice(program: &str) -> String {
    let report = json(program, &[]);
    let inner = report["sites"].members().find(|site| site["name"] == "inner");
    let place = inner.unwrap_or(&report["sites"][0]);
    place["advice"].as_str().unwrap_or("none").to_owned()
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

/// Keeps a processor for that long.
fn spin(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}

const fn us(us: u64) -> Duration {
    Duration::from_micros(us)
}

#[pooled(workers = pool_runtime::report().cores)]
fn healthy(n: u64) {
    for _ in 0..n {
        spin(us(50));
    }
}

#[test]
#[ignore = "a program"]
fn program_healthy() {
    healthy(500 * pool_runtime::report().cores as u64);
}

#[pooled(workers = 2, chunk = 1)]
fn small_chunk(values: &[f64]) -> f64 {
    let mut sum = 0.0;
    for value in values {
        sum += value.sqrt();
    }
    sum
}

#[test]
#[ignore = "a program"]
fn program_small_chunk() {
    let values: Vec<f64> = (0..1_000_000).map(f64::from).collect();
    assert!(small_chunk(&values) > 0.0);
}

#[pooled(workers = 2)]
fn serial_source(n: u64) -> u64 {
    let mut sum = 0;
    for i in (0..n).filter(|_| {
        spin(us(50));
        true
    }) {
        spin(us(5));
        sum += i;
    }
    sum
}

#[test]
#[ignore = "a program"]
fn program_serial_source() {
    assert_eq!(serial_source(1000), 499_500);
}

/// Putting two of these together takes as long as making them.
#[derive(Clone)]
struct Slow(u64);

impl Slow {
    fn add(&mut self, i: u64) {
        spin(us(10));
        self.0 += i;
    }
}

impl Accumulate for Slow {
    fn fresh(&self) -> Self {
        Self(0)
    }
    fn merge(&mut self, later: Self) {
        spin(us(500));
        self.0 += later.0;
    }
}

#[pooled(workers = 2, chunk = 10, reduce(slow))]
fn merges(n: u64) -> Slow {
    let mut slow = Slow(0);
    for i in 0..n {
        slow.add(i);
    }
    slow
}

#[test]
#[ignore = "a program"]
fn program_merges() {
    assert_eq!(merges(1000).0, 499_500);
}

#[pooled(workers = 4)]
fn turns(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        spin(us(10));
        #[ordered]
        {
            thread::sleep(Duration::from_millis(1));
            sum += i;
        }
    }
    sum
}

#[test]
#[ignore = "a program"]
fn program_turns() {
    assert_eq!(turns(50), 1225);
}

#[pooled(workers = 2)]
fn lock(n: u64, lock: &Mutex<u64>) {
    for i in 0..n {
        let mut sum = lock.lock().unwrap();
        spin(us(200));
        *sum += i;
    }
}

#[test]
#[ignore = "a program"]
fn program_lock() {
    lock(200, &Mutex::default());
}

#[pooled(workers = 2)]
fn imbalance(n: u64) {
    for i in 0..n {
        spin(us(if i == n - 1 { 60_000 } else { 100 }));
    }
}

#[test]
#[ignore = "a program"]
fn program_imbalance() {
    imbalance(100);
}

#[bounded(workers = 1, queue = 8)]
fn blocks(n: u64) {
    for _ in 0..n {
        spin(us(2_000));
    }
}

#[test]
#[ignore = "a program"]
fn program_blocks() {
    blocks(60);
}

#[pooled(workers = 4 * pool_runtime::report().cores)]
fn crowds(n: u64) {
    for _ in 0..n {
        spin(us(2_000));
    }
}

#[test]
#[ignore = "a program"]
fn program_crowds() {
    crowds(200);
}

/// All workers of the pool are at work on the loop around these: no helper comes.
#[pooled(name = "inner")]
fn inner(n: u64) {
    for _ in 0..n {
        spin(us(20));
    }
}

#[test]
#[ignore = "a program"]
fn program_gains_nothing() {
    let cores = pool_runtime::Pool::global().workers() as u64;
    outer(cores);
}

#[pooled(chunk = 1, name = "outer")]
fn outer(n: u64) {
    for _ in 0..n {
        inner(1_000);
    }
}

#[pooled(workers = 2, errors = "all")]
fn fails(n: u64) -> Result<(), Errors<u64>> {
    for i in 0..n {
        if i % 2 == 1 {
            Err(i)?;
        }
    }
    Ok(())
}

#[test]
#[ignore = "a program"]
fn program_fails() {
    assert_eq!(fails(1000).unwrap_err().len(), 500);
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
        ("program_tiny", "not worth it: a run of 20 items"),
        ("program_serial_source", "contention: workers waited"),
        ("program_merges", "contention: workers spent"),
        ("program_turns", "contention: items waited"),
    ] {
        let advice = advice(program);
        assert!(advice.starts_with(advised), "{program}: {advice}");
    }
}

/// Faults that show in what workers have of the processors: where other programs take those away,
/// the report says that instead, and is right. So a go counts only if a program without any fault
/// heard nothing before and after it; on a machine that is never left alone, none does.
#[test]
fn each_fault_of_the_processor_s_gets_its_advice() {
    let quiet = || advice("program_healthy") == "none";
    for (program, advised) in [
        ("program_small_chunk", "chunk too small"),
        ("program_lock", "contention: bodies waited"),
        ("program_imbalance", "imbalance"),
        ("program_blocks", "producer blocked"),
        ("program_crowds", "crowded"),
        ("program_gains_nothing", "not worth it: the workers got"),
    ] {
        let mut wrong = Vec::new();
        for _ in 0..12 {
            let before = quiet();
            let found = advice(program);
            if found.starts_with(advised) {
                wrong.clear();
                break;
            }
            if before && quiet() {
                wrong.push(found);
            }
        }
        assert!(wrong.len() < 3, "{program}: {wrong:?}");
    }
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
