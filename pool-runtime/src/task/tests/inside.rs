use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use super::{settled, tasks, watched};
use crate::task::{Admission, Scratch, Task, TaskPlan, WhenFull, drain, join_all};

#[test]
fn a_task_that_fills_its_own_queue_gets_on() {
    static RAN: AtomicUsize = AtomicUsize::new(0);
    fn tree(depth: u32) -> Admission {
        tasks!().admit(
            || TaskPlan::new().workers(1).queue(1),
            (depth,),
            |_: &mut Scratch<()>, (depth,)| {
                RAN.fetch_add(1, SeqCst);
                if depth > 0 {
                    for _ in 0..3 {
                        assert!(tree(depth - 1).is_accepted());
                    }
                }
            },
        )
    }
    watched(|| {
        tree(8);
        settled(|| RAN.load(SeqCst), (3_usize.pow(9) - 1) / 2);
    });
}

#[test]
fn joins_inside_a_single_worker_run_what_they_wait_for() {
    fn fib(n: u32) -> Task<u64> {
        tasks!().task(
            || TaskPlan::new().workers(1),
            (n,),
            |_: &mut Scratch<()>, (n,)| -> u64 {
                if n < 2 {
                    return u64::from(n);
                }
                let (a, b) = (fib(n - 1), fib(n - 2));
                a.join().unwrap() + b.join().unwrap()
            },
        )
    }
    watched(|| assert_eq!(fib(16).join().unwrap(), 987));
}

#[test]
fn a_chain_of_joins_has_bounded_stacks() {
    fn count(n: u32) -> Task<u32> {
        tasks!().task(
            || TaskPlan::new().workers(2),
            (n,),
            |_: &mut Scratch<()>, (n,)| -> u32 {
                if n == 0 { 0 } else { count(n - 1).join().unwrap() + 1 }
            },
        )
    }
    watched(|| assert_eq!(count(20_000).join().unwrap(), 20_000));
}

#[test]
fn functions_that_call_each_other_over_full_queues_get_on() {
    static RAN: AtomicUsize = AtomicUsize::new(0);
    fn ping(depth: u32, fan: u32) -> Admission {
        tasks!().admit(
            || TaskPlan::new().workers(1).queue(1),
            (depth, fan),
            |_: &mut Scratch<()>, (depth, fan)| {
                RAN.fetch_add(1, SeqCst);
                if depth > 0 {
                    (0..fan).for_each(|_| assert!(pong(depth - 1, fan).is_accepted()));
                }
            },
        )
    }
    fn pong(depth: u32, fan: u32) -> Admission {
        tasks!().admit(
            || TaskPlan::new().workers(2).queue(2),
            (depth, fan),
            |_: &mut Scratch<()>, (depth, fan)| {
                RAN.fetch_add(1, SeqCst);
                if depth > 0 {
                    (0..fan).for_each(|_| assert!(ping(depth - 1, fan).is_accepted()));
                }
            },
        )
    }
    watched(|| {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..500).for_each(|_| assert!(ping(20, 1).is_accepted())));
            }
        });
        settled(|| RAN.load(SeqCst), 4 * 500 * 21);
        ping(9, 2);
        settled(|| RAN.load(SeqCst), 4 * 500 * 21 + 1023);
    });
}

#[test]
fn functions_that_join_each_others_tasks_get_on() {
    fn even(n: u32) -> Task<bool> {
        tasks!().task(
            || TaskPlan::new().workers(1).queue(1),
            (n,),
            |_: &mut Scratch<()>, (n,)| -> bool { n == 0 || odd(n - 1).join().unwrap() },
        )
    }
    fn odd(n: u32) -> Task<bool> {
        tasks!().task(
            || TaskPlan::new().workers(1).queue(1),
            (n,),
            |_: &mut Scratch<()>, (n,)| -> bool { n > 0 && even(n - 1).join().unwrap() },
        )
    }
    watched(|| {
        thread::scope(|scope| {
            for start in 0..4 {
                scope.spawn(move || {
                    for n in start..100 {
                        assert_eq!(even(n).join().unwrap(), n % 2 == 0);
                    }
                });
            }
        });
    });
}

#[test]
fn a_task_can_wait_for_tasks_it_was_given() {
    fn sum(parts: Vec<Task<u64>>, own: u64) -> Task<u64> {
        tasks!().task(
            || TaskPlan::new().workers(2),
            (parts, own),
            |_: &mut Scratch<()>, (parts, own)| -> u64 {
                own + join_all(parts).into_iter().map(Result::unwrap).sum::<u64>()
            },
        )
    }
    watched(|| {
        for _ in 0..50 {
            let mut layer: Vec<Task<u64>> = (0..64).map(|n| sum(Vec::new(), n)).collect();
            while layer.len() > 1 {
                let mut next = Vec::new();
                while !layer.is_empty() {
                    let rest = layer.split_off(layer.len().min(2));
                    next.push(sum(std::mem::replace(&mut layer, rest), 0));
                }
                layer = next;
            }
            assert_eq!(layer.pop().unwrap().join().unwrap(), 63 * 64 / 2);
        }
    });
}

#[test]
fn back_pressure_starts_no_more_calls_than_workers() {
    static INSIDE: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    static DONE: AtomicUsize = AtomicUsize::new(0);
    fn first(n: u32) -> Admission {
        tasks!().admit(
            || TaskPlan::new().workers(2).queue(50),
            (n,),
            |_: &mut Scratch<()>, (n,)| {
                MOST.fetch_max(INSIDE.fetch_add(1, SeqCst) + 1, SeqCst);
                second(n);
                INSIDE.fetch_sub(1, SeqCst);
            },
        )
    }
    fn second(n: u32) -> Admission {
        tasks!().admit(
            || TaskPlan::new().workers(1).queue(1),
            (n,),
            |_: &mut Scratch<()>, (_n,)| {
                thread::sleep(Duration::from_micros(200));
                DONE.fetch_add(1, SeqCst);
            },
        )
    }
    watched(|| {
        for n in 0..200 {
            first(n);
        }
        settled(|| DONE.load(SeqCst), 200);
        assert!(MOST.load(SeqCst) <= 2);
    });
}

#[test]
fn a_batched_function_that_waits_for_itself_gets_on() {
    fn halve(n: u32) -> Task<u32> {
        tasks!().batched_task(
            || TaskPlan::new().workers(1).size(4).linger(Duration::from_millis(1)),
            (n,),
            |_: &mut Scratch<()>, (n,)| -> Vec<u32> {
                n.into_iter()
                    .map(|n| if n < 2 { 0 } else { halve(n / 2).join().unwrap() + 1 })
                    .collect()
            },
        )
    }
    watched(|| {
        let logs: Vec<u32> = join_all((1..40).map(halve)).into_iter().map(Result::unwrap).collect();
        for (n, log) in (1_u32..).zip(logs) {
            assert_eq!(log, n.ilog2());
        }
    });
}

#[test]
fn waiting_tasks_share_the_batches_of_another_function() {
    static BATCHES: AtomicUsize = AtomicUsize::new(0);
    fn load(id: u32) -> Task<u32> {
        tasks!().batched_task(
            || TaskPlan::new().workers(2).size(8).linger(Duration::from_millis(5)),
            (id,),
            |_: &mut Scratch<()>, (ids,)| -> Vec<u32> {
                BATCHES.fetch_add(1, SeqCst);
                ids
            },
        )
    }
    fn handle(id: u32) -> Task<u32> {
        tasks!().task(
            || TaskPlan::new().workers(8),
            (id,),
            |_: &mut Scratch<()>, (id,)| -> u32 { load(id).join().unwrap() },
        )
    }
    watched(|| {
        let values = join_all((0..80).map(handle));
        assert!((0..).zip(values).all(|(id, value)| value.unwrap() == id));
        assert!(BATCHES.load(SeqCst) < 80);
    });
}

#[test]
fn a_caller_that_runs_calls_itself_may_wait_in_them() {
    fn tree(depth: u32) -> Task<u32> {
        tasks!().task(
            || TaskPlan::new().workers(1).queue(1).when_full(WhenFull::Run),
            (depth,),
            |_: &mut Scratch<()>, (depth,)| -> u32 {
                if depth == 0 {
                    return 1;
                }
                let (left, right) = (tree(depth - 1), tree(depth - 1));
                left.join().unwrap() + right.join().unwrap()
            },
        )
    }
    watched(|| assert_eq!(tree(8).join().unwrap(), 256));
}

#[test]
fn drain_inside_a_task_is_refused() {
    fn wait() -> Task<()> {
        tasks!().task(TaskPlan::new, (), |_: &mut Scratch<()>, ()| drain())
    }
    watched(|| assert!(wait().join().unwrap_err().to_string().contains("wait for itself")));
}
