//! Each policy of a full queue of tasks.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::time::Duration;

use pool_runtime::{Admission, Task, TaskError, bounded, pooled};

const QUEUE: usize = 2;

#[pooled(workers = 1, name = "blocking")]
#[bounded(queue = QUEUE, on_full = "block")]
fn blocking(n: u64) -> Task<u64> {
    n
}

#[bounded(workers = 1, queue = 1, on_full = "drop")]
fn dropping(n: u64) -> Task<u64> {
    std::thread::sleep(Duration::from_millis(1));
    n
}

#[bounded(workers = 1, queue = 1, on_full = "drop_oldest")]
fn dropping_oldest(n: u64) -> Task<u64> {
    n
}

#[bounded(workers = 1, queue = 1, on_full = "run")]
fn running(n: u64) -> Task<u64> {
    n
}

#[bounded(workers = 1, queue = 1, on_full = "drop")]
fn noting(n: u64) -> Admission {
    std::hint::black_box(n);
}

fn main() {
    let sum =
        |tasks: Vec<Task<u64>>| -> u64 { tasks.into_iter().map(|task| task.join().unwrap()).sum() };
    assert_eq!(sum((0..100).map(blocking).collect()), 4_950);
    assert_eq!(sum((0..100).map(running).collect()), 4_950);
    let tasks: Vec<_> = (0..100).map(dropping).chain((0..100).map(dropping_oldest)).collect();
    for task in tasks {
        assert!(matches!(task.join(), Ok(_) | Err(TaskError::Dropped)));
    }
    let _ = noting(1).is_accepted();
}
