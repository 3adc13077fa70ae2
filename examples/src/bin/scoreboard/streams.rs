//! Streams, batches and tasks.

use std::hint::black_box;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded as channel};
use orx_parallel::{IterIntoParIter as _, Par as _};
use pariter::IteratorExt as _;
use pool_runtime::{Admission, Task, batched, bounded, drain, pooled};
use rayon::iter::{ParallelBridge as _, ParallelIterator as _};

use crate::calibrate::calibrate;
use crate::measure::{Goal, Measure, Role, kept, mix};

/// Dependent steps that LLVM cannot fold into fewer.
#[inline(never)]
fn spin(seed: u64, rounds: u32) -> u64 {
    let mut x = seed;
    for _ in 0..rounds {
        x = mix(x);
    }
    x >> 20
}

/// A body of which a record takes `time` in the sequential loop.
fn rounds(time: Duration) -> Body {
    Body::Spin(calibrate(time, |count, rounds| {
        black_box(sequential(count, Body::Spin(rounds)));
    }))
}

/// Records as they come: of no known length.
fn records(count: u64) -> impl Iterator<Item = u64> + Send {
    (0..count).filter(|&k| k != u64::MAX).map(|k| k ^ 0x5555)
}

/// What is done with a record.
#[derive(Clone, Copy)]
enum Body {
    Spin(u32),
    Sleep(Duration),
}

impl Body {
    #[inline]
    fn of(self, record: u64) -> u64 {
        match self {
            Self::Spin(rounds) => spin(record, rounds),
            Self::Sleep(time) => {
                thread::sleep(time);
                record
            }
        }
    }
}

fn sequential(count: u64, body: Body) -> u64 {
    let mut sum = 0;
    for record in records(count) {
        sum += body.of(record);
    }
    sum
}

#[bounded(workers = workers, queue = 500)]
fn annotated(count: u64, body: Body, workers: usize) -> u64 {
    let mut sum = 0;
    for record in records(count) {
        sum += body.of(record);
    }
    sum
}

#[pooled(workers = workers)]
fn pulled(count: u64, body: Body, workers: usize) -> u64 {
    let mut sum = 0;
    for record in records(count) {
        sum += body.of(record);
    }
    sum
}

/// The workers take turns at pulling `batch` records from under a lock.
fn by_hand(count: u64, body: Body, workers: usize, batch: usize) -> u64 {
    let source = Mutex::new(records(count));
    let work = || {
        let (mut sum, mut records) = (0, Vec::with_capacity(batch));
        loop {
            records.extend(source.lock().unwrap().by_ref().take(batch));
            if records.is_empty() {
                return sum;
            }
            sum += records.drain(..).map(|record| body.of(record)).sum::<u64>();
        }
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        work() + others.into_iter().map(|other| other.join().unwrap()).sum::<u64>()
    })
}

/// The caller fills batches, the workers take them from a channel.
fn crossbeam(count: u64, body: Body, workers: usize, batch: usize) -> u64 {
    let (sender, receiver) = channel::<Vec<u64>>(500 / batch);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|_| {
                let batches = receiver.clone();
                scope.spawn(move || {
                    batches.into_iter().flatten().map(|record| body.of(record)).sum::<u64>()
                })
            })
            .collect();
        drop(receiver);
        let mut source = records(count);
        loop {
            let records: Vec<u64> = source.by_ref().take(batch).collect();
            if records.is_empty() {
                break;
            }
            sender.send(records).unwrap();
        }
        drop(sender);
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    })
}

fn pariter(count: u64, body: Body, workers: usize) -> u64 {
    records(count)
        .parallel_map_custom(|options| options.threads(workers), move |record| body.of(record))
        .sum()
}

fn stream(name: &str, count: u64, body: Body, workers: usize) -> Measure {
    let batch = if matches!(body, Body::Sleep(_)) { 1 } else { 50 };
    let measure = Measure::new(name, count)
        .version(Role::Sequential, "sequential", move || sequential(count, body))
        .version(Role::Hand, "pulled under a lock", move || by_hand(count, body, workers, batch))
        .version(Role::Hand, "crossbeam", move || crossbeam(count, body, workers, batch))
        .version(Role::Peer, "pariter", move || pariter(count, body, workers))
        .version(Role::Annotated, "bounded", move || annotated(count, body, workers));
    if workers > 2 {
        return measure;
    }
    measure
        .version(Role::Rayon, "rayon, par_bridge", move || {
            records(count).par_bridge().map(|record| body.of(record)).sum::<u64>()
        })
        .version(Role::Peer, "orx-parallel", move || {
            records(count).iter_into_par().map(move |record| body.of(record)).sum::<u64>()
        })
}

/// The workers ask the source themselves.
fn stream_pulled(name: &str, count: u64, body: Body) -> Measure {
    Measure::new(name, count)
        .version(Role::Sequential, "sequential", move || sequential(count, body))
        .version(Role::Hand, "pulled under a lock", move || by_hand(count, body, 2, 50))
        .version(Role::Annotated, "pooled", move || pulled(count, body, 2))
}

mod batches {
    use super::*;

    const ITEMS: u64 = 1_000_000;
    const SIZE: usize = 100;

    /// One call per batch, which a database would be.
    #[inline(never)]
    fn call(batch: &[u64]) -> u64 {
        batch.iter().fold(0, |sum, item| sum ^ item)
    }

    fn sequential(items: &[u64]) -> u64 {
        let mut sum = 0;
        for batch in items.chunks(SIZE) {
            sum += call(batch);
        }
        sum
    }

    #[batched(size = SIZE)]
    fn annotated(items: &[u64]) -> u64 {
        let mut sum = 0;
        for batch in items {
            sum += call(batch);
        }
        sum
    }

    fn by_hand(items: &[u64]) -> u64 {
        let (one, other) = items.split_at(items.len() / (2 * SIZE) * SIZE);
        thread::scope(|scope| {
            let other = scope.spawn(|| sequential(other));
            sequential(one) + other.join().unwrap()
        })
    }

    fn rayon(items: &[u64]) -> u64 {
        use rayon::prelude::*;
        items.par_chunks(SIZE).map(call).sum()
    }

    pub(super) fn measure() -> Measure {
        let items: &[u64] = kept((0..ITEMS).collect::<Vec<_>>());
        Measure::new("batches, 1M items by 100", ITEMS / SIZE as u64)
            .repeat(10)
            .goal(Goal::Beside(Role::Hand, 0.95))
            .version(Role::Sequential, "sequential, chunks", || sequential(items))
            .version(Role::Hand, "two threads", || by_hand(items))
            .version(Role::Rayon, "rayon, par_chunks", || rayon(items))
            .version(Role::Annotated, "batched", || annotated(items))
    }
}

mod tasks {
    use super::*;
    use crate::measure::calls::{CALLS, add, finish};

    const WINDOW: u64 = 64;

    #[pooled(workers = 2)]
    fn bump(i: u64) -> Admission {
        add(i);
    }

    #[pooled(workers = 2)]
    fn square(i: u64) -> Task<u64> {
        i.wrapping_mul(i)
    }

    /// Two threads that wait for values for as long as the process lives.
    fn served<T: Send + 'static>(bound: usize, body: fn(T)) -> Sender<T> {
        let (sender, receiver): (Sender<T>, Receiver<T>) = channel(bound);
        for _ in 0..2 {
            let values = receiver.clone();
            thread::spawn(move || values.into_iter().for_each(body));
        }
        sender
    }

    pub(super) fn admission() -> Measure {
        let pool = threadpool::ThreadPool::new(2);
        let arguments = served::<u64>(1_000, add);
        let batches = served::<Vec<u64>>(16, |batch| batch.into_iter().for_each(add));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .build()
            .expect("the system starts threads");
        Measure::new("tasks, 200k calls -> Admission", CALLS)
            .goal(Goal::PerItem(Duration::from_nanos(45)))
            .version(Role::Sequential, "direct calls", || {
                (0..CALLS).for_each(add);
                finish()
            })
            .version(Role::Hand, "crossbeam, one by one", move || {
                (0..CALLS).for_each(|i| arguments.send(i).unwrap());
                finish()
            })
            .version(Role::Hand, "crossbeam, batches of 64", move || {
                for start in (0..CALLS).step_by(64) {
                    batches.send((start..CALLS.min(start + 64)).collect()).unwrap();
                }
                finish()
            })
            .version(Role::Rayon, "rayon::spawn", || {
                (0..CALLS).for_each(|i| rayon::spawn(move || add(i)));
                finish()
            })
            .version(Role::Peer, "threadpool", move || {
                (0..CALLS).for_each(|i| pool.execute(move || add(i)));
                finish()
            })
            .version(Role::Peer, "tokio::spawn", move || {
                (0..CALLS).for_each(|i| drop(runtime.spawn(async move { add(i) })));
                finish()
            })
            .version(Role::Annotated, "pooled", || {
                for i in 0..CALLS {
                    bump(i);
                }
                drain();
                finish()
            })
    }

    pub(super) fn joined() -> Measure {
        type Question = (u64, Sender<u64>);
        let questions = served::<Question>(1_000, |(i, to)| {
            to.send(i.wrapping_mul(i)).expect("the caller waits");
        });
        let mut receivers = Vec::with_capacity(WINDOW as usize);
        let mut tasks: Vec<Task<u64>> = Vec::with_capacity(WINDOW as usize);
        Measure::new("tasks, 200k results, 64 in flight", CALLS)
            .version(Role::Sequential, "direct calls", || {
                (0..CALLS).fold(0u64, |sum, i| sum.wrapping_add(black_box(i * i)))
            })
            .version(Role::Hand, "crossbeam, a channel each", move || {
                let mut sum = 0u64;
                for start in (0..CALLS).step_by(WINDOW as usize) {
                    receivers.extend((start..CALLS.min(start + WINDOW)).map(|i| {
                        let (to, from) = channel(1);
                        questions.send((i, to)).unwrap();
                        from
                    }));
                    let answers = receivers.drain(..).map(|from: Receiver<u64>| from.recv());
                    sum = answers.fold(sum, |sum, answer| sum.wrapping_add(answer.unwrap()));
                }
                sum
            })
            .version(Role::Annotated, "pooled -> Task", move || {
                let mut sum = 0u64;
                for start in (0..CALLS).step_by(WINDOW as usize) {
                    tasks.extend((start..CALLS.min(start + WINDOW)).map(square));
                    let results = tasks.drain(..).map(|task| task.join().unwrap());
                    sum = results.fold(sum, u64::wrapping_add);
                }
                sum
            })
    }
}

pub(crate) fn measures() -> Vec<Measure> {
    let (cheap, waiting) =
        (rounds(Duration::from_nanos(60)), Body::Sleep(Duration::from_millis(5)));
    vec![
        stream("stream, 1M records of 60 ns, 2 workers", 1_000_000, cheap, 2)
            .every(2)
            .goal(Goal::Gain(1.6)),
        stream_pulled("300k of these, pulled by the workers", 300_000, cheap)
            .every(2)
            .goal(Goal::Beside(Role::Hand, 0.95)),
        stream(
            "stream, 20k records of 2 us, 50 workers",
            20_000,
            rounds(Duration::from_micros(2)),
            50,
        )
        .every(2)
        .goal(Goal::Beside(Role::Hand, 0.95)),
        stream("stream, 200 records of 5 ms, 50 workers", 200, waiting, 50)
            .every(20)
            .goal(Goal::Beside(Role::Hand, 0.95)),
        batches::measure(),
        tasks::admission(),
        tasks::joined().every(2),
    ]
}
