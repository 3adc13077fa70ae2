//! The short lock under loom.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use loom::thread;

use super::Spin;
use crate::modelling::explore;

std::thread_local! {
    /// Whether the lock is freed with less than it takes.
    static WEAK: Cell<bool> = const { Cell::new(false) };
}

pub(super) fn free() -> Ordering {
    if WEAK.get() { Ordering::Relaxed } else { Ordering::Release }
}

/// Two threads count up if they get the lock, one of them tries twice; no number comes twice.
fn two_threads_try() {
    let sum = Arc::new(Spin::new(0));
    let count = |sum: &Spin<u32>| {
        sum.try_lock().map(|mut sum| {
            *sum += 1;
            *sum
        })
    };
    let other = {
        let sum = Arc::clone(&sum);
        thread::spawn(move || [count(&sum), count(&sum)])
    };
    let own = count(&sum);
    let mut numbers: Vec<u32> =
        own.into_iter().chain(other.join().unwrap().into_iter().flatten()).collect();
    numbers.sort_unstable();
    assert!(!numbers.is_empty() && numbers.iter().copied().eq(1..=numbers.len() as u32));
}

#[test]
fn one_thread_at_a_time_holds_it() {
    explore(3, two_threads_try);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn freeing_with_a_relaxed_store_is_caught() {
    WEAK.set(true);
    explore(3, two_threads_try);
}
