//! What is counted. Everything is warm: each case has run before, and what loops and queues keep
//! from run to run is made.

use std::hint::black_box;
use std::num::Wrapping;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use pool_runtime::{Admission, batched, bounded, drain, pooled};

/// Name, number of runs (or items) that are counted together, and the case.
pub(crate) type Case = (&'static str, u32, fn());

pub(crate) const ALL: &[Case] = &[
    ("region of 1 item", 1_000, || region(1)),
    ("region of 1,000 items", 100, || region(1_000)),
    ("block of an integer sum", 10_000, || blocks(integers)),
    ("block of a float sum", 10_000, || blocks(floats)),
    ("item of a pulled stream", 10_000, pulled),
    ("item handed over by a bounded stream", 300, handed_over),
    ("item of a batched stream", 10_000, in_batches),
    ("task called", 1_000, tasks_called),
    ("task run", 1_000, tasks_run),
];

/// Runs one case.
///
/// # Panics
/// When there is none of that name.
pub(crate) fn run(name: &str) {
    let case = ALL.iter().find(|(other, _, _)| *other == name).expect("a case of that name");
    case.2();
}

/// Callgrind counts from here.
#[inline(never)]
fn counting_begins() {
    black_box("begins");
}

/// Callgrind counts up to here.
#[inline(never)]
fn counting_ends() {
    black_box("ends");
}

/// Runs `work` so often without being counted, and as often again.
fn counted(runs: u32, mut work: impl FnMut()) {
    (0..runs.max(10)).for_each(|_| work());
    counting_begins();
    (0..runs).for_each(|_| work());
    counting_ends();
}

#[inline(never)]
#[pooled]
fn sum(data: &[u32]) -> Wrapping<u64> {
    let mut sum = Wrapping(0);
    for &x in data {
        sum += u64::from(x).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    sum
}

fn region(len: u32) {
    let data: Vec<u32> = (0..len).collect();
    let runs = if len == 1 { 1_000 } else { 100 };
    counted(runs, || {
        black_box(sum(black_box(&data)));
    });
}

#[inline(never)]
#[pooled(chunk = 1)]
fn integers(len: u32) -> f64 {
    let mut sum = 0u64;
    for i in 0..len {
        sum += u64::from(black_box(i));
    }
    sum as f64
}

/// Each block's share is kept apart until it is merged in order.
#[inline(never)]
#[pooled(chunk = 1)]
fn floats(len: u32) -> f64 {
    let mut sum = 0.0;
    for i in 0..len {
        sum += f64::from(black_box(i));
    }
    sum
}

fn blocks(sum: fn(u32) -> f64) {
    counted(1, || {
        black_box(sum(black_box(10_000)));
    });
}

/// Numbers of no known length.
fn numbers(count: u32) -> impl Iterator<Item = u32> + Send {
    (0..count).filter(|&number| number != u32::MAX)
}

/// `chunk`, because what a clock says would decide it otherwise.
#[inline(never)]
#[pooled(chunk = 64)]
fn pull(count: u32) -> u64 {
    let mut sum = 0;
    for number in numbers(count) {
        sum += u64::from(black_box(number));
    }
    sum
}

fn pulled() {
    counted(1, || {
        black_box(pull(black_box(10_000)));
    });
}

#[inline(never)]
#[batched(size = 100)]
fn batches(count: u32) -> u64 {
    let mut sum = 0;
    for batch in numbers(count) {
        sum += black_box(&batch).len() as u64;
    }
    sum
}

fn in_batches() {
    counted(1, || {
        black_box(batches(black_box(10_000)));
    });
}

fn locked(gate: &Mutex<()>) -> MutexGuard<'_, ()> {
    gate.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What holds a worker back.
static GATE: Mutex<()> = Mutex::new(());

#[inline(never)]
#[bounded(workers = 1, queue = 500)]
fn hand_over(source: impl Iterator<Item = u32>) -> u64 {
    let mut sum = 0;
    for number in source {
        drop(locked(&GATE));
        sum += u64::from(number);
    }
    sum
}

/// The worker waits while the caller puts 310 items into the queue; 300 of them are counted.
fn handed_over() {
    let run = |begins: fn(), ends: fn()| {
        let mut gate = Some(locked(&GATE));
        let mut numbers = 0..310u32;
        let source = std::iter::from_fn(|| {
            match numbers.start {
                5 => begins(),
                305 => ends(),
                310 => gate = None,
                _ => {}
            }
            numbers.next()
        });
        black_box(hand_over(source));
    };
    (0..10).for_each(|_| run(|| {}, || {}));
    run(counting_begins, counting_ends);
}

#[pooled(workers = 1)]
fn task(number: u32) -> Admission {
    drop(locked(&GATE));
    match number {
        FIRST => counting_begins(),
        LAST => counting_ends(),
        _ => {}
    }
}

/// Tasks with these numbers begin and end the count.
const FIRST: u32 = 1_000_000;
const LAST: u32 = FIRST + 1;

/// Calls `task` a thousand times, while the worker waits.
fn calls() {
    for number in 0..1_000 {
        task(black_box(number));
    }
}

fn warm_up() {
    for _ in 0..10 {
        let gate = locked(&GATE);
        calls();
        drop(gate);
        drain();
    }
}

fn tasks_called() {
    warm_up();
    let gate = locked(&GATE);
    task(0);
    // The worker has it now, and waits.
    sleep(A_WHILE);
    counting_begins();
    calls();
    counting_ends();
    drop(gate);
    drain();
}

/// The worker runs what has been called before, while the caller sleeps.
fn tasks_run() {
    warm_up();
    let gate = locked(&GATE);
    task(FIRST);
    calls();
    task(LAST);
    drop(gate);
    sleep(5 * A_WHILE);
    drain();
}

/// Long enough for a thread to wake and to do what it can, even on a simulated processor.
const A_WHILE: Duration = Duration::from_millis(100);
