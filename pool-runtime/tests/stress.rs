//! The executor under load: nested regions from many threads, with panics. Every item runs
//! exactly once, or its region's panic comes out; nothing hangs.

mod common;

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use pool_runtime::Pool;

/// A payload of ours, so that a panic of the tests' own is not taken for one.
struct Planned;

/// Runs `item` for every number below `n` on up to `workers` workers.
fn each(pool: &Pool, workers: usize, n: usize, item: &(impl Fn(usize) + Sync)) {
    let next = AtomicUsize::new(0);
    pool.region(workers, &|_| {
        loop {
            let i = next.fetch_add(1, Relaxed);
            if i >= n {
                break;
            }
            item(i);
        }
    });
}

/// A cheap generator, so that runs differ and can be repeated.
fn random(seed: &Cell<u64>) -> u64 {
    let next = seed.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    seed.set(next);
    next >> 33
}

/// Three levels of regions; returns how many innermost items ran.
fn nest(pool: &Pool, workers: usize) -> usize {
    let count = AtomicUsize::new(0);
    each(pool, workers, 3, &|_| {
        each(pool, workers, 3, &|_| {
            each(pool, workers, 4, &|_| {
                count.fetch_add(1, Relaxed);
            });
        });
    });
    count.into_inner()
}

#[test]
fn nested_three_deep_from_six_threads_every_item_runs_once() {
    common::watchdog(Duration::from_secs(300));
    let pool = Pool::new(3);
    thread::scope(|scope| {
        for workers in [2, 3, 2, 3, 5, 9] {
            let pool = &pool;
            scope.spawn(move || {
                for _ in 0..300 {
                    assert_eq!(nest(pool, workers), 36);
                }
            });
        }
    });
}

#[test]
fn a_hundred_thousand_regions_from_four_threads_a_third_of_them_panicking() {
    common::watchdog(Duration::from_secs(300));
    let pool = Pool::new(4);
    thread::scope(|scope| {
        for thread in 0..4 {
            let pool = &pool;
            scope.spawn(move || {
                let seed = Cell::new(thread);
                for _ in 0..25_000 {
                    let n = (random(&seed) % 12) as usize;
                    let fatal = (random(&seed) % 36) as usize;
                    let ran: Vec<_> = (0..n).map(|_| AtomicUsize::new(0)).collect();
                    let outcome = catch_unwind(AssertUnwindSafe(|| {
                        each(pool, 2 + thread as usize % 3, n, &|i| {
                            ran[i].fetch_add(1, Relaxed);
                            if i == fatal {
                                resume_unwind(Box::new(Planned));
                            }
                        });
                    }));
                    match outcome {
                        Ok(()) => {
                            assert!(fatal >= n);
                            assert!(ran.iter().all(|times| times.load(Relaxed) == 1));
                        }
                        Err(payload) => {
                            assert!(payload.is::<Planned>());
                            assert!(ran.iter().all(|times| times.load(Relaxed) <= 1));
                            assert_eq!(ran[fatal].load(Relaxed), 1);
                        }
                    }
                }
            });
        }
    });
}

#[test]
fn a_payload_that_panics_when_dropped_takes_nobody_with_it() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            resume_unwind(Box::new(Planned));
        }
    }
    common::watchdog(Duration::from_secs(300));
    let pool = Pool::new(3);
    for _ in 0..100 {
        let meeting = std::sync::Barrier::new(3);
        // All three panic; one payload comes out and two are dropped.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            pool.region(3, &|_| {
                meeting.wait();
                resume_unwind(Box::new(Bomb));
            });
        }));
        std::mem::forget(outcome.expect_err("all three panic"));
    }
    assert_eq!(nest(&pool, 3), 36);
}

#[test]
fn a_region_in_the_drop_of_an_unwinding_caller_runs() {
    struct Last<'a>(&'a Pool, &'a AtomicUsize);
    impl Drop for Last<'_> {
        fn drop(&mut self) {
            self.1.fetch_add(nest(self.0, 2), Relaxed);
        }
    }
    common::watchdog(Duration::from_secs(300));
    let pool = Pool::new(2);
    let count = AtomicUsize::new(0);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _last = Last(&pool, &count);
        resume_unwind(Box::new(Planned));
    }));
    assert!(outcome.is_err());
    assert_eq!(count.into_inner(), 36);
}

#[test]
fn wide_regions_nested_six_deep_end() {
    fn dive(pool: &Pool, depth: usize, count: &AtomicUsize) {
        if depth == 0 {
            count.fetch_add(1, Relaxed);
        } else {
            each(pool, 1 + depth * 5 % 16, 3, &|_| dive(pool, depth - 1, count));
        }
    }
    common::watchdog(Duration::from_secs(300));
    let pool = Pool::new(2);
    let count = AtomicUsize::new(0);
    dive(&pool, 6, &count);
    assert_eq!(count.into_inner(), 729);
}
