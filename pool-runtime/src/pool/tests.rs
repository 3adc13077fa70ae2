use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::Duration;

use super::Pool;

/// Counts every number below `n` once, over a shared claim counter.
fn sum(pool: &Pool, workers: usize, n: usize) -> usize {
    let next = AtomicUsize::new(0);
    let total = AtomicUsize::new(0);
    pool.region(workers, &|_| {
        let mut own = 0;
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            if i >= n {
                break;
            }
            own += i;
        }
        total.fetch_add(own, Ordering::Relaxed);
    });
    total.into_inner()
}

#[test]
fn every_item_runs_once_on_any_number_of_workers() {
    let pool = Pool::new(3);
    for workers in [0, 1, 2, 3, 8] {
        for n in [0, 1, 10, 1000] {
            assert_eq!(sum(&pool, workers, n), n * n.saturating_sub(1) / 2, "{workers}, {n}");
        }
    }
}

#[test]
fn fifty_workers_are_fifty_blocking_bodies_at_a_time() {
    let pool = Pool::new(2);
    for _ in 0..3 {
        let meet = Barrier::new(50);
        let indices = Mutex::new(HashSet::new());
        pool.region(50, &|index| {
            indices.lock().unwrap().insert(index);
            meet.wait();
        });
        assert_eq!(indices.into_inner().unwrap(), (0..50).collect());
    }
}

#[test]
fn as_many_workers_as_the_pool_has_all_come() {
    let pool = Pool::new(4);
    for _ in 0..100 {
        let meet = Barrier::new(4);
        pool.region(4, &|_| {
            meet.wait();
        });
    }
}

#[test]
fn regions_in_regions_from_many_threads_end() {
    let pool = Pool::new(3);
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let count = AtomicUsize::new(0);
                    let next = AtomicUsize::new(0);
                    pool.region(3, &|_| {
                        while next.fetch_add(1, Ordering::Relaxed) < 4 {
                            let next = AtomicUsize::new(0);
                            pool.region(2, &|_| {
                                while next.fetch_add(1, Ordering::Relaxed) < 4 {
                                    count.fetch_add(sum(&pool, 3, 10), Ordering::Relaxed);
                                }
                            });
                        }
                    });
                    assert_eq!(count.into_inner(), 4 * 4 * 45);
                }
            });
        }
    });
}

#[test]
fn a_panic_of_a_helper_reaches_the_caller_with_its_payload() {
    let pool = Pool::new(2);
    let meet = Barrier::new(2);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        pool.region(2, &|index| {
            meet.wait();
            assert_eq!(index, 0, "helper");
        });
    }));
    let payload = outcome.unwrap_err();
    assert!(payload.downcast_ref::<String>().unwrap().contains("helper"));
    assert_eq!(sum(&pool, 2, 100), 4950);
}

#[test]
fn a_panic_of_the_caller_waits_for_the_helpers_that_joined() {
    let pool = Pool::new(2);
    let meet = Barrier::new(2);
    let left = AtomicUsize::new(0);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        pool.region(2, &|index| {
            meet.wait();
            if index == 0 {
                panic!("caller");
            }
            thread::sleep(Duration::from_millis(20));
            left.fetch_add(1, Ordering::Relaxed);
        });
    }));
    assert_eq!(outcome.unwrap_err().downcast_ref::<&str>(), Some(&"caller"));
    assert_eq!(left.into_inner(), 1);
}

/// More than any address space has.
const NO_STACK: usize = 1 << 60;

#[test]
fn threads_that_cannot_be_created_are_an_error_that_says_so() {
    let error = Pool::builder().workers(3).stack_size(NO_STACK).build().unwrap_err();
    assert!(error.to_string().starts_with("cannot create 2 threads: "), "{error}");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn a_loop_whose_additional_threads_cannot_be_created_runs_with_what_there_is() {
    let pool = Pool::builder().workers(1).stack_size(NO_STACK).build().unwrap();
    assert_eq!(sum(&pool, 8, 1000), 499_500);
    assert_eq!(sum(&pool, 8, 1000), 499_500);
}

#[test]
fn threads_bear_the_names_they_were_given() {
    let pool = Pool::builder().workers(2).thread_names(|index| format!("resize-{index}")).build();
    let pool = pool.unwrap();
    let names = Mutex::new(HashSet::new());
    let meet = Barrier::new(4);
    pool.region(4, &|index| {
        meet.wait();
        if index > 0 {
            names.lock().unwrap().insert(thread::current().name().map(str::to_owned));
        }
    });
    let expected = |number| Some(format!("resize-{number}"));
    assert_eq!(names.into_inner().unwrap(), (1..4).map(expected).collect());
}

#[test]
fn more_regions_at_a_time_than_slots_run_all_the_same() {
    let pool = Pool::new(2);
    let meet = Barrier::new(12);
    thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                pool.region(2, &|index| {
                    if index == 0 {
                        meet.wait();
                    }
                });
            });
        }
    });
}

#[cfg(feature = "rayon")]
#[test]
fn a_rayon_pool_can_supply_the_threads() {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let pool = Pool::from(std::sync::Arc::new(threads));
    assert_eq!(pool.workers(), 3);
    for _ in 0..100 {
        assert_eq!(sum(&pool, 3, 1000), 499_500);
    }
    let meet = Barrier::new(3);
    pool.region(3, &|_| {
        // A body that waits inside rayon may get a helper's job on top of it: it must decline.
        rayon::join(|| sum(&pool, 3, 100), || sum(&pool, 3, 100));
        meet.wait();
    });
}
