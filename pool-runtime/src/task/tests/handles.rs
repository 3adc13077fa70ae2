use std::cell::Cell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use super::{Gate, tasks, watched};
use crate::task::{Scratch, Task, TaskError, TaskPlan, join_all, try_join_all};

fn square(n: u64) -> Task<u64> {
    tasks!().task(
        || TaskPlan::new().workers(2),
        (n,),
        |_: &mut Scratch<()>, (n,)| -> u64 {
            assert_ne!(n, 13, "unlucky");
            n * n
        },
    )
}

#[test]
fn join_gives_each_caller_its_own_value() {
    watched(|| {
        for round in 0..100 {
            let tasks: Vec<_> = (100..100 + round).map(square).collect();
            for (n, task) in (100..).zip(tasks) {
                assert_eq!(task.join().unwrap(), n * n);
            }
        }
    });
}

#[test]
fn a_panic_is_the_tasks_error_and_no_workers_end() {
    watched(|| {
        for _ in 0..50 {
            let outcomes = join_all([12, 13, 14].map(square));
            assert_eq!(outcomes[0].as_ref().ok(), Some(&144));
            match &outcomes[1] {
                Err(TaskError::Panicked(payload)) => {
                    assert!(payload.message().unwrap().contains("unlucky"));
                }
                other => panic!("{other:?}"),
            }
            assert_eq!(outcomes[2].as_ref().ok(), Some(&196));
        }
    });
}

#[test]
fn a_payload_is_the_bodys_own() {
    #[derive(Debug, PartialEq)]
    struct Own(u32);
    fn fail(n: u32) -> Task<()> {
        tasks!().task(TaskPlan::new, (n,), |_: &mut Scratch<()>, (n,)| {
            std::panic::panic_any(Own(n));
        })
    }
    watched(|| {
        let Err(TaskError::Panicked(payload)) = fail(3).join() else { panic!() };
        assert_eq!(payload.downcast_ref(), Some(&Own(3)));
        let resumed = catch_unwind(AssertUnwindSafe(|| payload.resume())).unwrap_err();
        assert_eq!(resumed.downcast_ref(), Some(&Own(3)));
    });
}

#[test]
fn try_join_all_gives_the_first_error_in_order() {
    watched(|| {
        assert_eq!(try_join_all((1..5).map(square)).unwrap(), [1, 4, 9, 16]);
        assert!(matches!(try_join_all((1..20).map(square)), Err(TaskError::Panicked(_))));
    });
}

fn wait_at(gate: &'static Gate, value: u32) -> Task<u32> {
    tasks!().task(
        || TaskPlan::new().workers(1),
        (gate, value),
        |_: &mut Scratch<()>, (gate, value)| {
            gate.pass();
            value
        },
    )
}

#[test]
fn a_task_that_runs_is_neither_finished_nor_cancelled() {
    static GATE: Gate = Gate::new();
    watched(|| {
        let running = wait_at(&GATE, 1);
        GATE.until_arrived(1);
        let waiting = wait_at(&GATE, 2);
        assert!(!running.is_finished());
        assert!(running.try_join().is_none());
        assert!(running.join_timeout(Duration::from_millis(1)).is_none());
        assert!(!running.cancel());
        assert!(waiting.cancel());
        assert!(!waiting.cancel());
        assert!(waiting.is_finished());
        assert!(matches!(waiting.join(), Err(TaskError::Cancelled)));
        GATE.open(1);
        assert_eq!(running.join_timeout(Duration::MAX).unwrap().unwrap(), 1);
        assert!(running.try_join().is_none(), "a value is taken once");
        assert!(running.is_finished());
    });
}

#[test]
fn a_value_that_was_taken_is_not_joined_again() {
    let task = square(4);
    while task.try_join().is_none() {
        thread::yield_now();
    }
    assert!(catch_unwind(AssertUnwindSafe(|| task.join())).is_err());
}

/// A value whose death is counted.
struct Counted(&'static AtomicUsize);
impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

#[test]
fn every_argument_and_result_is_dropped_once_whatever_becomes_of_the_task() {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    static DROPPED: AtomicUsize = AtomicUsize::new(0);
    fn back(argument: Counted, panics: bool) -> Task<Counted> {
        tasks!().task(
            || TaskPlan::new().workers(2),
            (argument, panics),
            |_: &mut Scratch<()>, (argument, panics)| {
                if panics {
                    std::panic::resume_unwind(Box::new(()));
                }
                argument
            },
        )
    }
    watched(|| {
        for n in 0..3000 {
            MADE.fetch_add(1, SeqCst);
            let task = back(Counted(&DROPPED), n % 7 == 0);
            match n % 5 {
                0 => drop(task),
                1 => _ = task.cancel(),
                2 => _ = task.join(),
                3 => _ = task.join_timeout(Duration::from_micros(1)),
                _ => _ = task.try_join(),
            }
        }
        // The queue is a FIFO with two workers: behind these, all others are over.
        let _ = join_all((0..2).map(|_| back(Counted(&DROPPED), false)));
        MADE.fetch_add(2, SeqCst);
        while DROPPED.load(SeqCst) < MADE.load(SeqCst) {
            thread::yield_now();
        }
        thread::sleep(Duration::from_millis(5));
        assert_eq!(DROPPED.load(SeqCst), MADE.load(SeqCst));
    });
}

/// A hand-written executor: sleeps until woken.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn a_future_wakes_the_executor_that_polled_it_last() {
    static GATE: Gate = Gate::new();
    watched(|| {
        let mut task = wait_at(&GATE, 7);
        let first = Waker::noop();
        assert!(std::pin::Pin::new(&mut task).poll(&mut Context::from_waker(first)).is_pending());
        thread::spawn(|| {
            GATE.until_arrived(1);
            thread::sleep(Duration::from_millis(5));
            GATE.open(1);
        });
        assert_eq!(block_on(task).unwrap(), 7);
        assert_eq!(block_on(async { square(3).await.unwrap() + square(4).await.unwrap() }), 25);
    });
}

#[test]
fn two_threads_can_wait_for_one_task() {
    static GATE: Gate = Gate::new();
    watched(|| {
        let task = wait_at(&GATE, 9);
        let values: Vec<Option<u32>> = thread::scope(|scope| {
            let waits: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| task.join_timeout(Duration::from_secs(50))))
                .collect();
            GATE.until_arrived(1);
            thread::sleep(Duration::from_millis(5));
            GATE.open(1);
            waits.into_iter().map(|wait| wait.join().unwrap().map(Result::unwrap)).collect()
        });
        assert_eq!(values.iter().flatten().collect::<Vec<_>>(), [&9], "one of them gets it");
    });
}

#[test]
fn a_task_is_send_whatever_its_value_is_shared_like() {
    fn is_send_and_sync<T: Send + Sync>(_: &T) {}
    fn cell() -> Task<Cell<u32>> {
        tasks!().task(TaskPlan::new, (), |_: &mut Scratch<()>, ()| Cell::new(5))
    }
    let task = cell();
    is_send_and_sync(&task);
    assert_eq!(thread::spawn(move || task.join().unwrap().get()).join().unwrap(), 5);
    is_send_and_sync(&TaskError::Dropped);
}

#[test]
fn instances_of_a_generic_function_have_queues_of_their_own() {
    fn text<D: std::fmt::Debug + Send + 'static>(value: D) -> Task<String> {
        tasks!().task(TaskPlan::new, (value,), |_: &mut Scratch<()>, (value,)| -> String {
            format!("{value:?}")
        })
    }
    watched(|| {
        for _ in 0..20 {
            let tasks = [text(1_u8), text("two"), text('3'), text(Some(4.0)), text(vec![5])];
            let texts: Vec<_> = tasks.into_iter().map(|task| task.join().unwrap()).collect();
            assert_eq!(texts, ["1", "\"two\"", "'3'", "Some(4.0)", "[5]"]);
        }
    });
}

#[test]
fn scratch_is_made_at_most_once_per_worker_and_again_after_a_panic() {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    fn count(fails: bool) -> Task<Result<usize, String>> {
        tasks!().task(
            || TaskPlan::new().workers(2),
            (fails,),
            |scratch, (fails,)| -> Result<usize, String> {
                let (calls, made) = match scratch.kept() {
                    Some(kept) => kept,
                    None => {
                        let made = (0, Ok::<_, String>(MADE.fetch_add(1, SeqCst))?);
                        scratch.keep(made)
                    }
                };
                assert!(!fails, "{made}");
                *calls += 1;
                Ok(*calls)
            },
        )
    }
    watched(|| {
        for _ in 0..100 {
            for outcome in join_all((0..10).map(|_| count(false))) {
                outcome.unwrap().unwrap();
            }
        }
        assert!((1..=2).contains(&MADE.load(SeqCst)));
        let before = MADE.load(SeqCst);
        assert!(count(true).join().is_err());
        assert!(MADE.load(SeqCst) <= before + 1);
        for _ in 0..100 {
            count(false).join().unwrap().unwrap();
        }
        assert!(MADE.load(SeqCst) <= before + 2);
    });
}
