//! Tasks: what a call of a task function costs, and what waiting for its result does.
//!
//! `cargo bench -p pool-runtime --bench task`. Five questions:
//!
//! * `admission`: a million calls back to back with a tiny body, from the first call to the end of
//!   the last body; beside it arguments through a crossbeam channel (one by one, and in batches
//!   that may strand), boxed closures, `threadpool`, `rayon::spawn`, `tokio`.
//! * `idle`: 8 tasks of 5 ms on 8 idle workers; 5 ms is perfect, batching would serialize them.
//! * `join`: `Task<u64>` with 64 in flight (and with 8, and 1,000), beside the `oneshot` crate over
//!   crossbeam; then the two in turn, 31 times, for the ratio.
//! * `round trip`: submit one, wait for it, the same two ways.
//! * `millisecond`: a body of 1 ms, called and joined; beside it the body alone.
//!
//! Allocations are counted and printed, in steady state. Compare within one run only.

#![allow(missing_docs, reason = "a benchmark has no readers of its documentation")]

mod common;

use std::alloc::System;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::{rounds, settings, spin};
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use crossbeam_channel::{Receiver, Sender};
use pool_runtime::{Admission, Task, bounded, drain, pooled};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const CALLS: u64 = 1_000_000;

static SUM: AtomicU64 = AtomicU64::new(0);
static DONE: AtomicUsize = AtomicUsize::new(0);

/// The tiny body.
fn add(i: u64) {
    SUM.fetch_add(i, Ordering::Relaxed);
}

/// Waits until `count` calls have run. (The channels and pools beside us have no `drain`.)
fn wait_for(count: u64) {
    while SUM.load(Ordering::Relaxed) != count * (count - 1) / 2 {
        thread::yield_now();
    }
    SUM.store(0, Ordering::Relaxed);
}

#[pooled(workers = 2)]
fn bump(i: u64) -> Admission {
    add(i);
}

#[bounded(workers = 2, queue = 1_000)]
fn bump_bounded(i: u64) -> Admission {
    add(i);
}

/// Two threads that wait for values for as long as the process lives.
fn served<T: Send + 'static>(bound: usize, body: fn(T)) -> Sender<T> {
    let (sender, receiver): (Sender<T>, Receiver<T>) = crossbeam_channel::bounded(bound);
    for _ in 0..2 {
        let receiver = receiver.clone();
        thread::spawn(move || receiver.into_iter().for_each(body));
    }
    sender
}

fn admission(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("task/admission");
    group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(CALLS));
    let mut twin = |name: &str, twin: &dyn Fn()| {
        twin();
        let region = Region::new(COUNTING);
        twin();
        let change = region.change();
        group.bench_function(name, |bencher| bencher.iter(twin));
        let per_call = change.allocations as f64 / CALLS as f64;
        eprintln!("{name}: {} allocations, {per_call:.4} a call", change.allocations);
    };
    twin("direct calls", &|| {
        (0..CALLS).for_each(|i| add(black_box(i)));
        wait_for(CALLS);
    });
    twin("pooled", &|| {
        for i in 0..CALLS {
            bump(i);
        }
        drain();
        wait_for(CALLS);
    });
    twin("bounded", &|| {
        for i in 0..CALLS {
            bump_bounded(i);
        }
        drain();
        wait_for(CALLS);
    });
    let arguments = served::<u64>(1_000, add);
    twin("crossbeam, one by one", &|| {
        (0..CALLS).for_each(|i| arguments.send(i).unwrap());
        wait_for(CALLS);
    });
    let batches = served::<Vec<u64>>(16, |batch| batch.into_iter().for_each(add));
    twin("crossbeam, batches of 64", &|| {
        for start in (0..CALLS).step_by(64) {
            batches.send((start..CALLS.min(start + 64)).collect()).unwrap();
        }
        wait_for(CALLS);
    });
    let closures = served::<Box<dyn FnOnce() + Send>>(1_000, |work| work());
    twin("crossbeam, boxed closures", &|| {
        (0..CALLS).for_each(|i| closures.send(Box::new(move || add(i))).unwrap());
        wait_for(CALLS);
    });
    let pool = threadpool::ThreadPool::new(2);
    twin("threadpool", &|| {
        (0..CALLS).for_each(|i| pool.execute(move || add(i)));
        pool.join();
        wait_for(CALLS);
    });
    twin("rayon::spawn", &|| {
        (0..CALLS).for_each(|i| rayon::spawn(move || add(i)));
        wait_for(CALLS);
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    twin("tokio::spawn", &|| {
        (0..CALLS).for_each(|i| drop(runtime.spawn(async move { add(i) })));
        wait_for(CALLS);
    });
}

#[pooled(workers = 8)]
fn sleepy(done: Arc<AtomicUsize>) -> Admission {
    thread::sleep(Duration::from_millis(5));
    done.fetch_add(1, Ordering::Relaxed);
}

/// Runs `call` 8 times, waits for all, pauses so that all workers sleep again.
fn eight(runs: u64, mut call: impl FnMut()) -> Duration {
    let mut total = Duration::ZERO;
    for _ in 0..runs {
        thread::sleep(Duration::from_millis(2));
        DONE.store(0, Ordering::Relaxed);
        let start = Instant::now();
        (0..8).for_each(|_| call());
        while DONE.load(Ordering::Relaxed) < 8 {
            thread::sleep(Duration::from_micros(20));
        }
        total += start.elapsed();
    }
    total
}

fn idle(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("task/idle");
    group.sampling_mode(SamplingMode::Flat);
    let body = || {
        thread::sleep(Duration::from_millis(5));
        DONE.fetch_add(1, Ordering::Relaxed);
    };
    let (sender, receiver) = crossbeam_channel::unbounded::<()>();
    for _ in 0..8 {
        let receiver = receiver.clone();
        thread::spawn(move || receiver.into_iter().for_each(|()| body()));
    }
    group.bench_function("crossbeam, one by one", |bencher| {
        bencher.iter_custom(|runs| eight(runs, || sender.send(()).unwrap()));
    });
    let pool = threadpool::ThreadPool::new(8);
    group.bench_function("threadpool", |bencher| {
        bencher.iter_custom(|runs| eight(runs, || pool.execute(body)));
    });
    group.bench_function("pooled", |bencher| {
        bencher.iter_custom(|runs| {
            let mut total = Duration::ZERO;
            for _ in 0..runs {
                thread::sleep(Duration::from_millis(2));
                let done = Arc::new(AtomicUsize::new(0));
                let start = Instant::now();
                for _ in 0..8 {
                    sleepy(Arc::clone(&done));
                }
                drain();
                total += start.elapsed();
                assert_eq!(done.load(Ordering::Relaxed), 8);
            }
            total
        });
    });
}

#[pooled(workers = 2)]
fn square(i: u64) -> Task<u64> {
    i.wrapping_mul(i)
}

type Question = (u64, oneshot::Sender<u64>);

fn answer((i, to): Question) {
    // A caller that has gone does not want to know.
    drop(to.send(i.wrapping_mul(i)));
}

fn ask(queue: &Sender<Question>, i: u64) -> oneshot::Receiver<u64> {
    let (to, from) = oneshot::channel();
    queue.send((i, to)).unwrap();
    from
}

fn join(criterion: &mut Criterion) {
    join_in_windows(criterion, "task/join", 64);
    join_in_windows(criterion, "task/join, 8 in flight", 8);
    join_in_windows(criterion, "task/join, 1000 in flight", 1_000);
}

fn join_in_windows(criterion: &mut Criterion, name: &str, window: u64) {
    const TASKS: u64 = 200_000;
    let mut group = criterion.benchmark_group(name);
    group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(TASKS));
    let expected = (0..TASKS).fold(0u64, |sum, i| sum.wrapping_add(i * i));
    let queue = served::<Question>(1_000, answer);
    let mut twin = |name: &str, twin: &mut dyn FnMut() -> u64| {
        assert_eq!(twin(), expected, "{name}");
        let region = Region::new(COUNTING);
        twin();
        let allocations = region.change().allocations;
        group.bench_function(name, |bencher| bencher.iter(&mut *twin));
        eprintln!("{name}: {allocations} allocations for {TASKS} tasks");
    };
    let mut receivers = Vec::with_capacity(window as usize);
    let mut oneshot = || {
        let mut sum = 0u64;
        for start in (0..TASKS).step_by(window as usize) {
            receivers.extend((start..TASKS.min(start + window)).map(|i| ask(&queue, i)));
            sum = receivers.drain(..).fold(sum, |sum, from| sum.wrapping_add(from.recv().unwrap()));
        }
        sum
    };
    let mut tasks = Vec::with_capacity(window as usize);
    let mut pooled = || {
        let mut sum = 0u64;
        for start in (0..TASKS).step_by(window as usize) {
            tasks.extend((start..TASKS.min(start + window)).map(square));
            sum = tasks.drain(..).fold(sum, |sum, task| sum.wrapping_add(task.join().unwrap()));
        }
        sum
    };
    twin("oneshot over crossbeam", &mut oneshot);
    twin("pooled", &mut pooled);
    in_turn(name, &mut pooled, &mut oneshot);
}

/// Times two ways in turn: a machine that others share changes its speed within seconds.
fn in_turn(name: &str, ours: &mut dyn FnMut() -> u64, theirs: &mut dyn FnMut() -> u64) {
    let time = |run: &mut dyn FnMut() -> u64| {
        let start = Instant::now();
        black_box(run());
        start.elapsed().as_secs_f64()
    };
    let mut ratios: Vec<f64> = (0..31).map(|_| time(ours) / time(theirs)).collect();
    ratios.sort_by(f64::total_cmp);
    let [low, median, high] = [3, 15, 27].map(|at| ratios[at]);
    eprintln!(
        "{name}: in turn, pooled takes {median:.2} of oneshot's time ({low:.2} to {high:.2})"
    );
}

fn round_trip(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("task/round trip");
    let queue = served::<Question>(1_000, answer);
    group.bench_function("oneshot over crossbeam", |bencher| {
        bencher.iter(|| ask(&queue, black_box(3)).recv().unwrap());
    });
    group.bench_function("pooled", |bencher| bencher.iter(|| square(black_box(3)).join().unwrap()));
}

#[pooled(workers = 2)]
fn computed(rounds: u32) -> Task<u64> {
    spin(1, rounds)
}

fn millisecond(criterion: &mut Criterion) {
    let rounds = rounds(Duration::from_millis(1));
    let mut group = criterion.benchmark_group("task/millisecond");
    group.bench_function("the body alone", |bencher| {
        bencher.iter(|| spin(black_box(1), black_box(rounds)));
    });
    group.bench_function("pooled, joined", |bencher| {
        bencher.iter(|| computed(black_box(rounds)).join().unwrap());
    });
    let (to, from) = (
        served::<(u32, oneshot::Sender<u64>)>(8, |(rounds, to)| {
            drop(to.send(spin(1, rounds)));
        }),
        oneshot::channel::<u64>,
    );
    group.bench_function("oneshot over crossbeam", |bencher| {
        bencher.iter(|| {
            let (sender, receiver) = from();
            to.send((black_box(rounds), sender)).unwrap();
            receiver.recv().unwrap()
        });
    });
}

criterion_group! {
    name = benches;
    config = settings(Duration::from_millis(800));
    targets = admission, idle, join, round_trip, millisecond
}
criterion_main!(benches);
