use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Barrier, Mutex};
use std::thread;

use super::{Gate, settled, tasks, watched};
use crate::task::{Admission, Scratch, TaskPlan};

#[test]
fn every_accepted_call_runs_once_from_any_number_of_threads() {
    static SUM: AtomicUsize = AtomicUsize::new(0);
    fn add(n: usize, times: usize) -> Admission {
        tasks!().admit(
            || TaskPlan::new().workers(3),
            (n, times),
            |_: &mut Scratch<()>, (n, times)| {
                SUM.fetch_add(n * times, SeqCst);
            },
        )
    }
    watched(|| {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (1..=5000).for_each(|n| assert!(add(n, 2).is_accepted())));
            }
        });
        settled(|| SUM.load(SeqCst), 4 * 2 * 5000 * 5001 / 2);
    });
}

#[test]
fn workers_is_how_many_run_at_a_time_whatever_stands_in_line_with_them() {
    static MEET: Barrier = Barrier::new(6);
    static MET: AtomicUsize = AtomicUsize::new(0);
    fn meet(waits: bool) -> Admission {
        tasks!().admit(
            || TaskPlan::new().workers(6),
            (waits,),
            |_: &mut Scratch<()>, (waits,)| {
                if waits {
                    MEET.wait();
                    MET.fetch_add(1, SeqCst);
                }
            },
        )
    }
    watched(|| {
        for round in 1..=100 {
            // Tiny calls before and between those that need six threads at the same time.
            for n in 0..round * 7 {
                meet(false);
                if n % round == 0 && n / round < 6 {
                    meet(true);
                }
            }
            settled(|| MET.load(SeqCst), 6 * round);
        }
    });
}

#[test]
fn no_more_than_workers_run_at_a_time() {
    static NOW: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    static DONE: AtomicUsize = AtomicUsize::new(0);
    fn stay() -> Admission {
        tasks!().admit(
            || TaskPlan::new().workers(3),
            (),
            |_: &mut Scratch<()>, ()| {
                MOST.fetch_max(NOW.fetch_add(1, SeqCst) + 1, SeqCst);
                thread::yield_now();
                NOW.fetch_sub(1, SeqCst);
                DONE.fetch_add(1, SeqCst);
            },
        )
    }
    watched(|| {
        for _ in 0..3000 {
            stay();
        }
        settled(|| DONE.load(SeqCst), 3000);
        assert!(MOST.load(SeqCst) <= 3);
    });
}

#[test]
fn one_worker_runs_calls_in_the_order_they_were_made() {
    static SEEN: Mutex<Vec<u32>> = Mutex::new(Vec::new());
    fn see(n: u32) -> Admission {
        tasks!().admit(
            || TaskPlan::new().workers(1),
            (n,),
            |_: &mut Scratch<()>, (n,)| SEEN.lock().unwrap().push(n),
        )
    }
    watched(|| {
        for n in 0..10_000 {
            see(n);
        }
        settled(|| SEEN.lock().unwrap().len(), 10_000);
        assert!(SEEN.lock().unwrap().iter().copied().eq(0..10_000));
    });
}

#[test]
fn a_call_behind_one_that_blocks_is_run_by_another_worker() {
    static GATE: Gate = Gate::new();
    static DONE: AtomicUsize = AtomicUsize::new(0);
    fn call(blocks: bool) -> Admission {
        tasks!().admit(
            || TaskPlan::new().workers(2),
            (blocks,),
            |_: &mut Scratch<()>, (blocks,)| {
                if blocks {
                    GATE.pass();
                }
                DONE.fetch_add(1, SeqCst);
            },
        )
    }
    watched(|| {
        for round in 1..=50 {
            for n in 0..200 {
                call(n == 100);
            }
            settled(|| DONE.load(SeqCst), 200 * round - 1);
            GATE.open(1);
            settled(|| DONE.load(SeqCst), 200 * round);
        }
    });
}

#[test]
fn panics_take_no_worker_with_them() {
    static DONE: AtomicUsize = AtomicUsize::new(0);
    /// Panics when it is dropped, as a local or as the payload of a panic.
    struct Bad;
    impl Drop for Bad {
        fn drop(&mut self) {
            DONE.fetch_add(1, SeqCst);
            std::panic::resume_unwind(Box::new("again"));
        }
    }
    fn fail(n: u32) -> Admission {
        tasks!().admit(
            || TaskPlan::new().workers(2),
            (n,),
            |_: &mut Scratch<()>, (n,)| match n % 3 {
                0 => drop(Bad),
                1 => std::panic::resume_unwind(Box::new(Bad)),
                _ => _ = DONE.fetch_add(1, SeqCst),
            },
        )
    }
    watched(|| {
        for n in 0..300 {
            fail(n);
        }
        settled(|| DONE.load(SeqCst), 300);
    });
}
