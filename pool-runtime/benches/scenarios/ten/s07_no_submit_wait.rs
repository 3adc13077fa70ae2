//! Items that wait for a millisecond each, eight at a time, answers in order.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use pool_runtime::pooled;

use super::locked;
use crate::measure::{Measure, Role};

const ITEMS: u64 = 80;

fn ask(i: u64) -> u64 {
    thread::sleep(Duration::from_millis(1));
    i * i
}

fn sequential() -> Vec<u64> {
    let mut answers = Vec::new();
    for i in 0..ITEMS {
        answers.push(ask(i));
    }
    answers
}

#[pooled(workers = 8)]
fn annotated() -> Vec<u64> {
    let mut answers = Vec::new();
    for i in 0..ITEMS {
        answers.push(ask(i));
    }
    answers
}

/// Eight threads that take the next item, and answers sorted at the end.
fn by_hand() -> Vec<u64> {
    let (next, answers) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed) as u64;
                    if i >= ITEMS {
                        break;
                    }
                    let answer = ask(i);
                    locked(&answers).push((i, answer));
                }
            });
        }
    });
    let mut answers = std::mem::take(&mut *locked(&answers));
    answers.sort_unstable();
    answers.into_iter().map(|(_, answer)| answer).collect()
}

pub(crate) fn measure() -> Measure {
    Measure::new("7 no waiting at submission: 80 items of 1 ms, 8 workers", ITEMS)
        .every(3)
        .version(Role::Sequential, "sequential", sequential)
        .version(Role::Hand, "8 threads", by_hand)
        .version(Role::Annotated, "pooled", annotated)
}
