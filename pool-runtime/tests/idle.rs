//! Whoever waits costs no processor time: workers without calls, callers of a full queue, callers
//! that join. One test, for it counts what the whole process uses. Judged by processor time, which
//! other programs do not change.
#![cfg(target_os = "linux")]

mod common;

use std::fs::read_to_string;
use std::sync::{Arc, RwLock};
use std::thread;
use std::time::Duration;

use pool_runtime::{Admission, Task, bounded, drain, pooled};

/// Processor time of this process so far, in ticks of 10 ms.
fn ticks() -> u64 {
    let stat = read_to_string("/proc/self/stat").unwrap();
    // After the name, which may hold blanks: user and system time are the 12th and 13th.
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
    fields.skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum()
}

type Gate = Arc<RwLock<()>>;

#[pooled(workers = 4)]
fn square(x: u64) -> Task<u64> {
    x * x
}

#[bounded(workers = 2, queue = 2)]
fn gated(gate: Gate) -> Admission {
    drop(gate.read());
}

#[pooled(workers = 2)]
fn gated_task(gate: Gate) -> Task<u32> {
    drop(gate.read());
    7
}

/// Half a second in which `who` waits.
fn costs_nothing(who: &str) {
    thread::sleep(Duration::from_millis(100));
    let before = ticks();
    thread::sleep(Duration::from_millis(500));
    let used = ticks() - before;
    assert!(used <= 2, "{who}: {used} ticks of 10 ms in half a second");
}

#[test]
fn waiting_costs_no_processor_time() {
    common::watchdog(Duration::from_secs(300));
    let tasks: Vec<_> = (0..10_000).map(square).collect();
    let sum: u64 = tasks.into_iter().map(|task| task.join().unwrap()).sum();
    assert_eq!(sum, (0..10_000).map(|x| x * x).sum());
    costs_nothing("idle workers");

    let gate = Gate::default();
    let closed = gate.write().unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            let gate = &gate;
            scope.spawn(move || {
                for _ in 0..4 {
                    gated(Arc::clone(gate));
                }
            });
        }
        costs_nothing("callers of a full queue");
        drop(closed);
    });
    drain();

    let closed = gate.write().unwrap();
    let waiting = gated_task(Arc::clone(&gate));
    let queued: Vec<_> = (0..8).map(|_| gated_task(Arc::clone(&gate))).collect();
    thread::scope(|scope| {
        scope.spawn(|| assert_eq!(waiting.join().unwrap(), 7));
        for task in queued {
            scope.spawn(move || {
                let outcome = task.join_timeout(Duration::from_secs(200));
                assert_eq!(outcome.unwrap().unwrap(), 7);
            });
        }
        costs_nothing("callers that join");
        drop(closed);
    });
}
