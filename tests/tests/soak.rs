//! Ten minutes of loops, streams and tasks from several threads: memory and threads stay what they
//! are after the first minute.
//!
//! `cargo test -p tests --release --test soak -- --ignored --nocapture`; `SOAK_SECONDS=60` makes it
//! shorter.
#![cfg(target_os = "linux")]
#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(clippy::print_stdout, reason = "the figures are for who runs it")]

use std::collections::HashMap;
use std::fs::read_to_string;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use pool_runtime::{Admission, Task, batched, bounded, join_all, pooled};

#[pooled(workers = workers)]
fn loops(n: u64, workers: usize) -> (u64, Vec<u64>, HashMap<u64, u64>, f64) {
    let (mut sum, mut list, mut counts, mut real) = (0, Vec::new(), HashMap::new(), 0.0);
    for i in 0..n {
        sum += i;
        list.push(i * 3);
        *counts.entry(i % 37).or_insert(0) += 1;
        real += 1.0 / (i as f64 + 1.0);
    }
    (sum, list, counts, real)
}

#[pooled(workers = 4)]
fn leaves(n: u64, at: u64) -> Result<u64, String> {
    let mut sum = 0;
    for i in 0..n {
        if i == at {
            return Err(format!("at {i}"));
        }
        if i == at + 1 {
            resume_unwind(Box::new(i));
        }
        sum += i;
    }
    Ok(sum)
}

#[pooled(workers = 3)]
fn panics(n: u64, at: u64) {
    for i in 0..n {
        if i == at {
            resume_unwind(Box::new(i));
        }
    }
}

#[bounded(workers = 3, queue = 16)]
fn streams(lines: &str) -> usize {
    let mut sum = 0;
    for line in lines.lines() {
        sum += line.len();
    }
    sum
}

#[batched(workers = 3, size = 7)]
fn batches(n: u64) -> u64 {
    let mut sum = 0;
    for batch in (0..n).filter(|i| i % 2 == 1) {
        sum += batch.iter().sum::<u64>();
    }
    sum
}

#[bounded(workers = 4, queue = 32)]
fn task(id: u64) -> Task<u64> {
    if id % 97 == 13 {
        resume_unwind(Box::new(id));
    }
    loops(id % 50, 2).0
}

#[bounded(workers = 2, queue = 8, on_full = "drop")]
fn event(text: String) -> Admission {
    std::hint::black_box(text.len());
}

#[batched(workers = 2, size = 10, linger = "1ms")]
fn insert(row: Vec<u64>) -> Task<u64> {
    row.iter().map(|row| row + 1).collect::<Vec<u64>>()
}

fn round(id: u64) {
    let n = 100 + id * 37 % 3_000;
    let (sum, list, counts, _) = loops(n, 1 + id as usize % 8);
    assert_eq!((sum, list.len() as u64), (n * (n - 1) / 2, n));
    assert_eq!(counts.values().sum::<u64>(), n);
    assert_eq!(leaves(n, n / 2), Err(format!("at {}", n / 2)));
    let end = catch_unwind(AssertUnwindSafe(|| panics(n, n / 3)));
    assert_eq!(end.unwrap_err().downcast_ref(), Some(&(n / 3)));
    let text = "some line\n".repeat(200);
    assert_eq!(streams(&text), 9 * 200);
    assert_eq!(batches(201), 100 * 100);
    for (id, outcome) in (0..60).zip(join_all((0..60).map(task))) {
        assert_eq!(outcome.is_err(), id % 97 == 13);
    }
    let rows: Vec<_> = (0..25).map(insert).collect();
    for i in 0..30 {
        let _ = event(format!("event {i}"));
    }
    for (i, row) in (0..).zip(rows) {
        assert_eq!(row.join().unwrap(), i + 1);
    }
}

/// Resident kilobytes and threads of this process.
fn figures() -> (u64, u64) {
    let status = read_to_string("/proc/self/status").unwrap();
    let of = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    };
    (of("VmRSS:"), of("Threads:"))
}

#[test]
#[ignore = "takes ten minutes"]
fn memory_and_threads_stay_flat() {
    let seconds = std::env::var("SOAK_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(600);
    let (start, stop, rounds) = (Instant::now(), AtomicBool::new(false), AtomicU64::new(0));
    let mut seen = Vec::new();
    thread::scope(|scope| {
        for id in 0..3 {
            let (stop, rounds) = (&stop, &rounds);
            scope.spawn(move || {
                for round_of_it in 0.. {
                    round(id * 1_000 + round_of_it);
                    rounds.fetch_add(1, Relaxed);
                    if stop.load(Relaxed) {
                        break;
                    }
                }
            });
        }
        let mut before = 0;
        for step in 1..=10 {
            let until = Duration::from_secs(seconds * step / 10);
            thread::sleep(until.saturating_sub(start.elapsed()));
            let (memory, threads) = figures();
            let now = rounds.load(Relaxed);
            println!("{:4} s: {memory} kB, {threads} threads, {now} rounds", until.as_secs());
            assert!(now > before, "it got on");
            before = now;
            seen.push((memory, threads));
        }
        stop.store(true, Relaxed);
    });
    // The first tenth warms up.
    let (memory, threads) = seen[0];
    for (later, count) in &seen[1..] {
        assert!(*later < memory + memory / 4 + 4_000, "memory grows: {seen:?}");
        assert!(*count <= threads + 8, "threads grow: {seen:?}");
    }
}
