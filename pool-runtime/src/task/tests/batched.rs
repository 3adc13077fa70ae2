use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use super::{Gate, settled, tasks, watched};
use crate::task::{Admission, Scratch, Task, TaskError, TaskPlan, join_all};

const LONG: Duration = Duration::from_secs(3600);

#[test]
fn a_batch_goes_off_when_it_is_full_and_results_come_back_in_order() {
    static SIZES: Mutex<Vec<usize>> = Mutex::new(Vec::new());
    fn double(n: u32, by: u32) -> Task<Result<u32, String>> {
        tasks!().batched_task(
            || TaskPlan::new().workers(2).size(10).linger(LONG),
            (n, by),
            |_: &mut Scratch<()>, (n, by)| -> Result<Vec<u32>, String> {
                SIZES.lock().unwrap().push(n.len());
                Ok(n.iter().zip(&by).map(|(n, by)| n * by).collect())
            },
        )
    }
    watched(|| {
        let tasks: Vec<_> = (0..40).map(|n| double(n, n + 1)).collect();
        for (n, outcome) in (0..).zip(join_all(tasks)) {
            assert_eq!(outcome.unwrap(), Ok(n * (n + 1)));
        }
        assert_eq!(*SIZES.lock().unwrap(), [10; 4]);
    });
}

#[test]
fn a_batch_goes_off_when_its_first_call_has_lingered() {
    static SIZES: Mutex<Vec<usize>> = Mutex::new(Vec::new());
    fn see(n: u32) -> Admission {
        tasks!().batched_admit(
            || TaskPlan::new().workers(1).size(100).linger(Duration::from_millis(20)),
            (n,),
            |_: &mut Scratch<()>, (n,)| SIZES.lock().unwrap().push(n.len()),
        )
    }
    watched(|| {
        let start = Instant::now();
        for n in 0..7 {
            see(n);
        }
        settled(|| SIZES.lock().unwrap().iter().sum::<usize>(), 7);
        assert!(start.elapsed() >= Duration::from_millis(20), "not before");
        (0..250).for_each(|n| _ = see(n));
        settled(|| SIZES.lock().unwrap().iter().sum::<usize>(), 257);
        assert!(SIZES.lock().unwrap().iter().all(|size| (1..=100).contains(size)));
    });
}

#[test]
fn without_linger_a_partial_batch_waits_until_somebody_does() {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    fn see(n: u32) -> Task<u32> {
        tasks!().batched_task(
            || TaskPlan::new().workers(1).size(100),
            (n,),
            |_: &mut Scratch<()>, (n,)| -> Vec<u32> {
                RUNS.fetch_add(1, SeqCst);
                n
            },
        )
    }
    watched(|| {
        let tasks: Vec<_> = (0..7).map(see).collect();
        thread::sleep(Duration::from_millis(10));
        assert_eq!(RUNS.load(SeqCst), 0);
        let values: Vec<u32> = join_all(tasks).into_iter().map(Result::unwrap).collect();
        assert_eq!(values, [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(RUNS.load(SeqCst), 1);
    });
}

#[test]
fn an_error_goes_to_every_call_of_the_batch() {
    fn fail(n: u32) -> Task<Result<(), String>> {
        tasks!().batched_task(
            || TaskPlan::new().workers(1).size(3),
            (n,),
            |_: &mut Scratch<()>, (n,)| -> Result<(), String> {
                if n.contains(&2) { Err(format!("{n:?}")) } else { Ok(()) }
            },
        )
    }
    watched(|| {
        let outcomes = join_all((0..6).map(fail));
        let outcomes: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
        let error = Err("[0, 1, 2]".to_owned());
        assert_eq!(outcomes, [error.clone(), error.clone(), error, Ok(()), Ok(()), Ok(())]);
    });
}

#[test]
fn a_wrong_number_of_results_and_a_panic_are_errors_of_every_call() {
    fn odd(n: u32) -> Task<u32> {
        tasks!().batched_task(
            || TaskPlan::new().workers(1).size(3),
            (n,),
            |_: &mut Scratch<()>, (mut n,)| -> Vec<u32> {
                assert_ne!(n[0], 6, "half way");
                if n[0] == 0 {
                    n.pop();
                } else {
                    n.push(9);
                }
                n
            },
        )
    }
    watched(|| {
        let outcomes = join_all((0..9).map(odd));
        let messages: Vec<_> = outcomes
            .into_iter()
            .map(|outcome| match outcome {
                Err(TaskError::Panicked(payload)) => payload.message().unwrap().to_owned(),
                other => panic!("{other:?}"),
            })
            .collect();
        for (n, message) in messages.iter().enumerate() {
            let expected = match n / 3 {
                0 => "the body returned 2 results for a batch of 3 calls",
                1 => "the body returned 4 results for a batch of 3 calls",
                _ => "half way",
            };
            assert!(message.contains(expected), "{message}");
        }
    });
}

#[test]
fn an_error_whose_clone_panics_hangs_nobody() {
    #[derive(Debug)]
    struct Bad;
    static CLONES: AtomicUsize = AtomicUsize::new(0);
    impl Clone for Bad {
        fn clone(&self) -> Self {
            assert!(CLONES.fetch_add(1, SeqCst) < 1, "cannot clone");
            Self
        }
    }
    fn fail(n: u32) -> Task<Result<(), Bad>> {
        tasks!().batched_task(
            || TaskPlan::new().workers(1).size(4),
            (n,),
            |_: &mut Scratch<()>, (_n,)| -> Result<(), Bad> { Err(Bad) },
        )
    }
    watched(|| {
        let outcomes = join_all((0..4).map(fail));
        assert!(matches!(outcomes[0], Ok(Err(Bad))));
        assert!(matches!(outcomes[3], Err(TaskError::Panicked(_))));
    });
}

#[test]
fn cancelled_calls_are_not_in_the_batch() {
    static SEEN: Mutex<Vec<Vec<u32>>> = Mutex::new(Vec::new());
    fn see(n: u32) -> Task<u32> {
        tasks!().batched_task(
            || TaskPlan::new().workers(1).size(4),
            (n,),
            |_: &mut Scratch<()>, (n,)| -> Vec<u32> {
                SEEN.lock().unwrap().push(n.clone());
                n
            },
        )
    }
    watched(|| {
        let tasks: Vec<_> = (0..3).map(see).collect();
        assert!(tasks[1].cancel());
        let last = see(3);
        let outcomes: Vec<_> =
            join_all(tasks.into_iter().chain([last])).into_iter().map(Result::ok).collect();
        assert_eq!(outcomes, [Some(0), None, Some(2), Some(3)]);
        assert_eq!(*SEEN.lock().unwrap(), [vec![0, 2, 3]]);
    });
}

#[test]
fn batches_overlap_when_there_are_workers_for_them() {
    static GATE: Gate = Gate::new();
    fn wait(n: u32) -> Task<u32> {
        tasks!().batched_task(
            || TaskPlan::new().workers(3).size(2),
            (n,),
            |_: &mut Scratch<()>, (n,)| -> Vec<u32> {
                GATE.pass();
                n
            },
        )
    }
    watched(|| {
        let tasks: Vec<_> = (0..6).map(wait).collect();
        GATE.until_arrived(3);
        GATE.open(3);
        assert!(join_all(tasks).into_iter().all(|outcome| outcome.is_ok()));
    });
}

#[test]
fn a_bounded_queue_shorter_than_a_batch_goes_off_when_it_is_full() {
    static MOST: AtomicUsize = AtomicUsize::new(0);
    static DONE: AtomicUsize = AtomicUsize::new(0);
    fn see(n: u32) -> Admission {
        tasks!().batched_admit(
            || TaskPlan::new().workers(1).size(100).queue(5),
            (n,),
            |_: &mut Scratch<()>, (n,)| {
                MOST.fetch_max(n.len(), SeqCst);
                DONE.fetch_add(n.len(), SeqCst);
            },
        )
    }
    watched(|| {
        for n in 0..500 {
            see(n);
        }
        settled(|| DONE.load(SeqCst), 500);
        assert!(MOST.load(SeqCst) <= 5);
    });
}

#[test]
fn callers_that_do_not_know_each_other_share_batches() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    static BATCHES: AtomicUsize = AtomicUsize::new(0);
    static LATE: AtomicBool = AtomicBool::new(false);
    fn load(id: u32) -> Task<u32> {
        tasks!().batched_task(
            || TaskPlan::new().workers(2).size(4).linger(Duration::from_millis(1)),
            (id,),
            |_: &mut Scratch<()>, (ids,)| -> Vec<u32> {
                BATCHES.fetch_add(1, SeqCst);
                CALLS.fetch_add(ids.len(), SeqCst);
                ids.into_iter().map(|id| id + 1).collect()
            },
        )
    }
    watched(|| {
        thread::scope(|scope| {
            for thread in 0..8 {
                scope.spawn(move || {
                    for n in 0..200 {
                        let id = thread * 1000 + n;
                        if load(id).join().unwrap() != id + 1 {
                            LATE.store(true, SeqCst);
                        }
                    }
                });
            }
        });
        assert!(!LATE.load(SeqCst));
        assert_eq!(CALLS.load(SeqCst), 1600);
        assert!(BATCHES.load(SeqCst) < 1600);
    });
}
