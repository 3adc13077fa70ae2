use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use super::{Gate, settled, tasks, watched};
use crate::task::{Admission, Scratch, Task, TaskError, TaskPlan, WhenFull};

/// Two functions per policy: one worker, a queue of three, bodies that wait at a gate.
macro_rules! policy {
    ($when_full:expr, $gate:ident, $seen:ident, $call:ident) => {
        static $gate: Gate = Gate::new();
        static $seen: Mutex<Vec<u32>> = Mutex::new(Vec::new());
        fn $call(n: u32) -> Task<u32> {
            tasks!().task(
                || TaskPlan::new().workers(1).queue(3).when_full($when_full),
                (n,),
                |_: &mut Scratch<()>, (n,)| {
                    $gate.pass();
                    $seen.lock().unwrap().push(n);
                    n
                },
            )
        }
    };
}

#[test]
fn drop_refuses_what_does_not_fit() {
    policy!(WhenFull::Drop, GATE, SEEN, call);
    watched(|| {
        let first = call(0);
        GATE.until_arrived(1);
        let others: Vec<_> = (1..6).map(call).collect();
        GATE.open(4);
        first.join().unwrap();
        let outcomes: Vec<_> = others.into_iter().map(|task| task.join().ok()).collect();
        assert_eq!(outcomes, [Some(1), Some(2), Some(3), None, None]);
        assert_eq!(*SEEN.lock().unwrap(), [0, 1, 2, 3]);
    });
}

#[test]
fn drop_oldest_makes_room_for_the_newest() {
    policy!(WhenFull::DropOldest, GATE, SEEN, call);
    watched(|| {
        let first = call(0);
        GATE.until_arrived(1);
        let others: Vec<_> = (1..6).map(call).collect();
        assert!(others[0].is_finished() && others[1].is_finished() && !others[2].is_finished());
        GATE.open(4);
        first.join().unwrap();
        let outcomes: Vec<_> = others.into_iter().map(Task::join).collect();
        assert!(matches!(outcomes[0], Err(TaskError::Dropped)));
        assert!(matches!(outcomes[1], Err(TaskError::Dropped)));
        assert_eq!(*SEEN.lock().unwrap(), [0, 3, 4, 5]);
    });
}

#[test]
fn run_has_the_caller_do_what_does_not_fit() {
    static GATE: Gate = Gate::new();
    fn call(waits: bool) -> Task<Option<String>> {
        tasks!().task(
            || TaskPlan::new().workers(1).queue(2).when_full(WhenFull::Run),
            (waits,),
            |_: &mut Scratch<()>, (waits,)| {
                if waits {
                    GATE.pass();
                }
                thread::current().name().map(str::to_owned)
            },
        )
    }
    watched(|| {
        let first = call(true);
        GATE.until_arrived(1);
        let (second, third) = (call(false), call(false));
        let fourth = call(false);
        assert!(fourth.is_finished() && !second.is_finished());
        assert_eq!(fourth.join().unwrap().as_deref(), thread::current().name());
        GATE.open(1);
        for task in [first, second, third] {
            assert!(task.join().unwrap().unwrap().starts_with("pool-task-"));
        }
    });
}

#[test]
fn block_lets_a_caller_in_as_soon_as_one_call_has_started() {
    policy!(WhenFull::Block, GATE, SEEN, call);
    watched(|| {
        static ENTERED: AtomicUsize = AtomicUsize::new(0);
        let caller = thread::spawn(|| {
            (0..10)
                .map(|n| {
                    let task = call(n);
                    ENTERED.fetch_add(1, SeqCst);
                    task
                })
                .collect::<Vec<_>>()
        });
        for passed in 0..6 {
            GATE.until_arrived(passed + 1);
            settled(|| ENTERED.load(SeqCst), 4 + passed);
            thread::sleep(Duration::from_millis(2));
            assert_eq!(ENTERED.load(SeqCst), 4 + passed, "three wait, no more");
            GATE.open(1);
        }
        GATE.open(4);
        for (n, task) in (0..).zip(caller.join().unwrap()) {
            assert_eq!(task.join().unwrap(), n);
        }
        assert!(SEEN.lock().unwrap().iter().copied().eq(0..10));
    });
}

#[test]
fn never_more_than_queue_calls_wait() {
    static ACCEPTED: AtomicUsize = AtomicUsize::new(0);
    static STARTED: AtomicUsize = AtomicUsize::new(0);
    fn call(n: usize) -> Admission {
        tasks!().admit(
            || TaskPlan::new().workers(2).queue(5).when_full(WhenFull::Drop),
            (n,),
            |_: &mut Scratch<()>, (n,)| {
                STARTED.fetch_add(1, SeqCst);
                if n.is_multiple_of(16) {
                    thread::yield_now();
                }
            },
        )
    }
    watched(|| {
        for n in 0..200_000 {
            if call(n).is_accepted() {
                let accepted = ACCEPTED.fetch_add(1, SeqCst) + 1;
                // Two more: each worker may have taken one that it has not counted yet.
                assert!(accepted <= STARTED.load(SeqCst) + 5 + 2);
            }
        }
        settled(|| STARTED.load(SeqCst), ACCEPTED.load(SeqCst));
    });
}

#[test]
fn many_blocked_callers_all_get_in() {
    static DONE: AtomicUsize = AtomicUsize::new(0);
    fn call() -> Admission {
        tasks!().admit(
            || TaskPlan::new().workers(2).queue(2),
            (),
            |_: &mut Scratch<()>, ()| _ = DONE.fetch_add(1, SeqCst),
        )
    }
    watched(|| {
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..2000).for_each(|_| assert!(call().is_accepted())));
            }
        });
        settled(|| DONE.load(SeqCst), 16_000);
    });
}

#[test]
fn a_cancelled_task_makes_room() {
    policy!(WhenFull::Drop, GATE, SEEN, call);
    watched(|| {
        let running = call(0);
        GATE.until_arrived(1);
        for round in 0..100 {
            let waiting: Vec<_> = (0..3).map(call).collect();
            let refused = call(3);
            assert!(refused.is_finished() && waiting.iter().all(|task| !task.is_finished()));
            if round < 99 {
                assert!(waiting.iter().all(Task::cancel));
            } else {
                drop(waiting);
            }
        }
        GATE.open(4);
        running.join().unwrap();
        settled(|| SEEN.lock().unwrap().len(), 4);
    });
}

#[test]
fn cancelling_lets_a_blocked_caller_in() {
    policy!(WhenFull::Block, GATE, SEEN, call);
    watched(|| {
        let running = call(0);
        GATE.until_arrived(1);
        let waiting: Vec<_> = (1..4).map(call).collect();
        let blocked = thread::spawn(|| call(4));
        thread::sleep(Duration::from_millis(5));
        assert!(waiting[1].cancel());
        let fourth = blocked.join().unwrap();
        GATE.open(4);
        assert_eq!(fourth.join().unwrap(), 4);
        drop((running, waiting));
        assert_eq!(*SEEN.lock().unwrap(), [0, 1, 3, 4]);
    });
}
