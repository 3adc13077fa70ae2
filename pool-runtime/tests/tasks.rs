//! Tasks under load: producers that join, give up, cancel and let go, bodies that panic, queues
//! that block and drop. No result is lost, none comes twice, no queue holds more than it may.
//!
//! `POOL_STRESS=10000000 cargo test --release -p pool-runtime --test tasks` makes ten million calls.

mod common;

use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering::Relaxed, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use pool_runtime::{Admission, Task, TaskError, batched, bounded, drain, pooled};

/// Calls without `POOL_STRESS`.
const CALLS: u64 = 100_000;
const PRODUCERS: u64 = 4;

/// Of `counted`.
const QUEUE: i64 = 64;
const WORKERS: i64 = 2;

/// How often each call's body has run.
static RAN: OnceLock<Box<[AtomicU8]>> = OnceLock::new();

/// Calls of `counted` that were accepted, and its bodies that have begun.
static ACCEPTED: AtomicI64 = AtomicI64::new(0);
static BEGUN: AtomicI64 = AtomicI64::new(0);

fn calls() -> u64 {
    std::env::var("POOL_STRESS").map_or(CALLS, |calls| calls.parse().expect("a number of calls"))
}

/// The body of call `n`: panics now and then, and now and then takes its time.
fn body(n: u64) -> u64 {
    RAN.get().unwrap()[n as usize].fetch_add(1, Relaxed);
    let dice = random(n ^ 0x5eed);
    match dice % 64 {
        0 => resume_unwind(Box::new(n)),
        1 if dice % 4096 == 1 => thread::sleep(Duration::from_micros(200)),
        2 => thread::yield_now(),
        _ => {}
    }
    n.wrapping_mul(3)
}

/// Some number, the same for the same `n`.
fn random(n: u64) -> u64 {
    let mut x = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Which function call `n` is for.
fn kind(n: u64) -> u64 {
    random(n.wrapping_add(7)) % 16
}

/// Whether its queue drops nothing.
fn is_safe(n: u64) -> bool {
    matches!(kind(n), 0..=9 | 12 | 13)
}

#[pooled(workers = 3)]
fn plain(n: u64) -> Task<u64> {
    body(n)
}

#[bounded(workers = 2, queue = 16)]
fn blocking(n: u64) -> Task<u64> {
    body(n)
}

#[bounded(workers = 2, queue = 64)]
fn counted(n: u64) -> Admission {
    BEGUN.fetch_add(1, SeqCst);
    body(n);
}

#[bounded(workers = 2, queue = 16, on_full = "drop")]
fn dropping(n: u64) -> Task<u64> {
    body(n)
}

#[bounded(workers = 2, queue = 16, on_full = "drop_oldest")]
fn dropping_oldest(n: u64) -> Task<u64> {
    body(n)
}

#[bounded(workers = 2, queue = 16, on_full = "run")]
fn running(n: u64) -> Task<u64> {
    body(n)
}

#[batched(workers = 2, size = 16, linger = "1ms")]
fn together(numbers: Vec<u64>) -> Task<u64> {
    let run = |n: &u64| {
        RAN.get().unwrap()[*n as usize].fetch_add(1, Relaxed);
        n.wrapping_mul(3)
    };
    numbers.iter().map(run).collect()
}

#[bounded(workers = 2, queue = 16, on_full = "drop")]
fn noted(n: u64) -> Admission {
    body(n);
}

/// What is known of a call when its handle is gone.
#[derive(Default)]
struct Tally {
    values: u64,
    panics: u64,
    dropped: u64,
    cancelled: u64,
    /// Of these, by queues that drop nothing.
    safe_cancelled: u64,
    detached: u64,
}

impl Tally {
    fn settle(&mut self, n: u64, outcome: Result<u64, TaskError>) {
        let ran = RAN.get().unwrap()[n as usize].load(Relaxed);
        match outcome {
            Ok(value) => {
                assert_eq!((value, ran), (n.wrapping_mul(3), 1), "call {n}");
                self.values += 1;
            }
            Err(TaskError::Panicked(payload)) => {
                assert_eq!(payload.downcast_ref(), Some(&n), "another call's panic");
                assert_eq!(ran, 1, "call {n}");
                self.panics += 1;
            }
            Err(TaskError::Dropped) => {
                assert_eq!(ran, 0, "call {n} was dropped and has run");
                self.dropped += 1;
            }
            Err(error) => panic!("call {n}: {error}"),
        }
    }

    /// Does one of the things that a caller can do with a task.
    fn finish(&mut self, n: u64, task: Task<u64>) {
        match random(n) % 8 {
            0 => {
                drop(task);
                self.detached += 1;
            }
            1 if task.cancel() => {
                assert!(matches!(task.try_join(), Some(Err(TaskError::Cancelled))));
                assert_eq!(RAN.get().unwrap()[n as usize].load(Relaxed), 0, "cancelled, and ran");
                self.cancelled += 1;
                self.safe_cancelled += u64::from(is_safe(n));
            }
            2 => loop {
                if let Some(outcome) = task.join_timeout(Duration::from_micros(n % 50)) {
                    self.settle(n, outcome);
                    assert!(task.try_join().is_none(), "call {n} has two results");
                    break;
                }
            },
            3 => {
                while !task.is_finished() {
                    thread::yield_now();
                }
                self.settle(n, task.try_join().expect("it is finished"));
            }
            _ => self.settle(n, task.join()),
        }
    }
}

fn produce(first: u64, last: u64) -> Tally {
    let mut tally = Tally::default();
    let mut window = Vec::new();
    for n in first..last {
        let task = match kind(n) {
            0..=5 => plain(n),
            6..=7 => blocking(n),
            8..=9 => {
                assert_eq!(counted(n), Admission::Accepted);
                // What a worker has taken and not begun does not wait any more.
                let waiting = ACCEPTED.fetch_add(1, SeqCst) + 1 - BEGUN.load(SeqCst);
                assert!(waiting <= QUEUE + WORKERS, "{waiting} wait");
                tally.detached += 1;
                continue;
            }
            10 => dropping(n),
            11 => dropping_oldest(n),
            12 => running(n),
            13 => together(n),
            _ => {
                match noted(n) {
                    Admission::Accepted => tally.detached += 1,
                    Admission::Dropped => tally.dropped += 1,
                }
                continue;
            }
        };
        window.push((n, task));
        if window.len() as u64 > random(n) % 100 {
            window.drain(..).for_each(|(n, task)| tally.finish(n, task));
        }
    }
    window.drain(..).for_each(|(n, task)| tally.finish(n, task));
    tally
}

#[test]
fn nothing_is_lost_doubled_or_above_its_limit() {
    common::watchdog(Duration::from_secs(900));
    let calls = calls();
    RAN.set((0..calls).map(|_| AtomicU8::new(0)).collect()).unwrap();
    let share = calls.div_ceil(PRODUCERS);
    let mut all = Tally::default();
    thread::scope(|scope| {
        let producers: Vec<_> = (0..PRODUCERS)
            .map(|p| scope.spawn(move || produce(p * share, calls.min((p + 1) * share))))
            .collect();
        for producer in producers {
            let one = producer.join().unwrap();
            all.values += one.values;
            all.panics += one.panics;
            all.dropped += one.dropped;
            all.cancelled += one.cancelled;
            all.safe_cancelled += one.safe_cancelled;
            all.detached += one.detached;
        }
    });
    drain();
    let ran = |n: &u64| RAN.get().unwrap()[*n as usize].load(Relaxed);
    assert_eq!((0..calls).filter(|n| ran(n) > 1).count(), 0, "ran twice");
    let lost = (0..calls).filter(|n| is_safe(*n) && ran(n) == 0).count() as u64;
    let ran = (0..calls).filter(|n| ran(n) == 1).count() as u64;
    let Tally { values, panics, dropped, cancelled, safe_cancelled, detached } = all;
    assert_eq!(lost, safe_cancelled, "neither run nor cancelled nor dropped");
    let known = values + panics + dropped + cancelled + detached;
    eprintln!(
        "{calls} calls: {values} values, {panics} panics, {dropped} dropped, {cancelled} cancelled, {detached} detached; {ran} ran"
    );
    assert_eq!(known, calls, "handles settled");
    // Of the detached ones, those of the dropping queues may not have run.
    assert!(values + panics <= ran && ran <= values + panics + detached, "{ran} ran");
    assert!(cancelled > 0 && dropped > 0 && panics > 0, "the test is to be about these");
    for site in pool_runtime::sites() {
        let queue = site.counters.queue.expect("all of them are tasks");
        if let Some(bound) = queue.bound {
            assert!(queue.peak <= bound, "{}: {} of {bound} waited", site.name, queue.peak);
        }
        assert!(queue.peak > 0, "{} has waited", site.name);
    }
}
