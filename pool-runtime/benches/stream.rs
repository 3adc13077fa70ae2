//! Streams: sources that must be asked item by item, and what handing their items over costs.
//!
//! `cargo bench -p pool-runtime --bench stream`. Five questions, each put to the sequential loop,
//! to what an expert writes, to the crates that are made for it, and to the annotated loop:
//!
//! * `records`: a million records of 60 ns, 2 workers. The overhead of the hand-over itself.
//! * `texts`: records that the source allocates and the body frees, with as much work.
//! * `oversubscribed`: 200,000 records of 2 us of computing, 50 workers on whatever cores there are.
//! * `waiting`: 2,000 records that wait 5 ms each, 50 workers: 200 ms is perfect.
//! * `ordered`: a million lines, formatted in parallel and written in the order of the input.
//!
//! `pooled` is the loop whose workers pull from the iterator under a lock, `bounded` the one whose
//! calling thread asks the iterator and hands over through a queue. Compare within one run only.

#![allow(missing_docs, reason = "a benchmark has no readers of its documentation")]

mod common;

use std::hint::black_box;
use std::io::Write;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use common::{rounds, settings, spin};
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use orx_parallel::IterIntoParIter;
use pariter::IteratorExt;
use pool_runtime::{bounded, pooled};
use rayon::iter::{ParallelBridge, ParallelIterator};

/// Records as they come: one after the other, and of no known length.
fn records(count: u64) -> impl Iterator<Item = u64> + Send {
    (0..count).filter(|&k| k != u64::MAX).map(|k| k ^ 0x5555)
}

/// A batch as it is handed over by hand.
const BATCH: usize = 50;

fn sequential(count: u64, rounds: u32) -> u64 {
    let mut sum = 0u64;
    for record in records(count) {
        sum += spin(record, rounds) >> 20;
    }
    sum
}

#[pooled(workers = workers)]
fn pooled(count: u64, rounds: u32, workers: usize) -> u64 {
    let mut sum = 0u64;
    for record in records(count) {
        sum += spin(record, rounds) >> 20;
    }
    sum
}

#[bounded(workers = workers, queue = 500)]
fn bounded(count: u64, rounds: u32, workers: usize) -> u64 {
    let mut sum = 0u64;
    for record in records(count) {
        sum += spin(record, rounds) >> 20;
    }
    sum
}

/// The workers take turns at pulling a batch from under a lock.
fn pull_by_hand(count: u64, rounds: u32, workers: usize) -> u64 {
    let source = Mutex::new(records(count));
    let work = || {
        let (mut sum, mut batch) = (0u64, Vec::with_capacity(BATCH));
        loop {
            batch.extend(source.lock().unwrap().by_ref().take(BATCH));
            if batch.is_empty() {
                return sum;
            }
            sum += batch.drain(..).map(|record| spin(record, rounds) >> 20).sum::<u64>();
        }
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        work() + others.into_iter().map(|other| other.join().unwrap()).sum::<u64>()
    })
}

/// The caller fills batches, the workers take them from a channel.
fn crossbeam_batches<T: Send>(
    mut source: impl Iterator<Item = T>,
    workers: usize,
    run: impl Fn(T) -> u64 + Sync,
) -> u64 {
    let (sender, receiver) = crossbeam_channel::bounded::<Vec<T>>(500 / BATCH);
    let run = &run;
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|_| {
                let items = receiver.clone().into_iter().flatten();
                scope.spawn(move || items.map(run).sum::<u64>())
            })
            .collect();
        drop(receiver);
        loop {
            let batch: Vec<T> = source.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                break;
            }
            sender.send(batch).unwrap();
        }
        drop(sender);
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    })
}

fn crossbeam_one_by_one(count: u64, rounds: u32, workers: usize) -> u64 {
    let (sender, receiver) = crossbeam_channel::bounded::<u64>(500);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|_| {
                let receiver = receiver.clone();
                scope.spawn(move || {
                    receiver.into_iter().map(|record| spin(record, rounds) >> 20).sum::<u64>()
                })
            })
            .collect();
        drop(receiver);
        records(count).for_each(|record| sender.send(record).unwrap());
        drop(sender);
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    })
}

fn par_bridge(count: u64, rounds: u32) -> u64 {
    records(count).par_bridge().map(|record| spin(record, rounds) >> 20).sum()
}

fn orx(count: u64, rounds: u32) -> u64 {
    let records = records(count).iter_into_par();
    orx_parallel::Par::sum(orx_parallel::Par::map(records, move |r| spin(r, rounds) >> 20))
}

fn pariter(count: u64, rounds: u32, workers: usize) -> u64 {
    records(count)
        .parallel_map_custom(
            |options| options.threads(workers),
            move |record| spin(record, rounds) >> 20,
        )
        .sum()
}

fn computing(criterion: &mut Criterion, name: &str, count: u64, cost: Duration, workers: usize) {
    let rounds = rounds(cost);
    let expected: u64 = records(count).map(|record| spin(record, rounds) >> 20).sum();
    let mut group = criterion.benchmark_group(format!("stream/{name}"));
    group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(count));
    group.bench_function("sequential", |bencher| bencher.iter(|| sequential(count, rounds)));
    let mut twin = |name: &str, twin: &dyn Fn() -> u64| {
        assert_eq!(twin(), expected, "{name}");
        group.bench_function(name, |bencher| bencher.iter(|| black_box(twin())));
    };
    twin("pull by hand", &|| pull_by_hand(count, rounds, workers));
    twin("crossbeam, batches", &|| {
        crossbeam_batches(records(count), workers, |record| spin(record, rounds) >> 20)
    });
    twin("pooled", &|| pooled(count, rounds, workers));
    twin("bounded", &|| bounded(count, rounds, workers));
    twin("crossbeam, one by one", &|| crossbeam_one_by_one(count, rounds, workers));
    if workers <= 2 {
        twin("par_bridge", &|| par_bridge(count, rounds));
        twin("orx-parallel", &|| orx(count, rounds));
    }
    twin("pariter", &|| pariter(count, rounds, workers));
}

fn cheap(criterion: &mut Criterion) {
    computing(criterion, "records", 1_000_000, Duration::from_nanos(60), 2);
}

mod texts {
    use super::*;

    /// A source that allocates what the body frees.
    fn texts(count: u64) -> impl Iterator<Item = String> + Send {
        records(count).map(|k| k.to_string())
    }

    fn run(text: &str, rounds: u32) -> u64 {
        spin(text.len() as u64, rounds) >> 20
    }

    pub(crate) fn sequential(count: u64, rounds: u32) -> u64 {
        let mut sum = 0;
        for text in texts(count) {
            sum += run(&text, rounds);
        }
        sum
    }

    #[bounded(workers = 2, queue = 500)]
    pub(crate) fn bounded(count: u64, rounds: u32) -> u64 {
        let mut sum = 0;
        for text in texts(count) {
            sum += run(&text, rounds);
        }
        sum
    }

    #[pooled(workers = 2)]
    pub(crate) fn pooled(count: u64, rounds: u32) -> u64 {
        let mut sum = 0;
        for text in texts(count) {
            sum += run(&text, rounds);
        }
        sum
    }

    pub(crate) fn in_batches(count: u64, rounds: u32) -> u64 {
        crossbeam_batches(texts(count), 2, |text| run(&text, rounds))
    }
}

/// Records that are allocated on one core and freed on another.
fn allocated(criterion: &mut Criterion) {
    let (count, rounds) = (300_000, rounds(Duration::from_nanos(60)));
    let mut group = criterion.benchmark_group("stream/texts");
    group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(count));
    let twins: [(&str, Texts); 4] = [
        ("sequential", texts::sequential),
        ("crossbeam, batches", texts::in_batches),
        ("pooled", texts::pooled),
        ("bounded", texts::bounded),
    ];
    for (name, twin) in twins {
        assert_eq!(twin(count, rounds), texts::sequential(count, rounds), "{name}");
        group.bench_function(name, |bencher| bencher.iter(|| black_box(twin(count, rounds))));
    }
}

fn oversubscribed(criterion: &mut Criterion) {
    computing(criterion, "oversubscribed", 200_000, Duration::from_micros(2), 50);
}

/// A stream of so many records, whose result is a number.
type Records = fn(u64) -> u64;
/// A stream of so many texts, each of which costs so many rounds.
type Texts = fn(u64, u32) -> u64;
/// A stream of so many lines, each of which costs so many rounds.
type Lines = fn(u64, u32) -> Vec<u8>;

mod waits {
    use super::*;

    const PAUSE: Duration = Duration::from_millis(5);

    #[pooled(workers = 50)]
    pub(crate) fn pooled(count: u64) -> u64 {
        let mut sum = 0;
        for record in records(count) {
            thread::sleep(PAUSE);
            sum += record;
        }
        sum
    }

    #[bounded(workers = 50, queue = 100)]
    pub(crate) fn bounded(count: u64) -> u64 {
        let mut sum = 0;
        for record in records(count) {
            thread::sleep(PAUSE);
            sum += record;
        }
        sum
    }

    pub(crate) fn crossbeam(count: u64) -> u64 {
        let (sender, receiver) = crossbeam_channel::bounded::<u64>(100);
        thread::scope(|scope| {
            let workers: Vec<_> = (0..50)
                .map(|_| {
                    let receiver = receiver.clone();
                    scope.spawn(move || {
                        receiver.into_iter().inspect(|_| thread::sleep(PAUSE)).sum::<u64>()
                    })
                })
                .collect();
            records(count).for_each(|record| sender.send(record).unwrap());
            drop(sender);
            workers.into_iter().map(|worker| worker.join().unwrap()).sum()
        })
    }

    pub(crate) fn pariter(count: u64) -> u64 {
        records(count)
            .parallel_map_custom(
                |options| options.threads(50),
                |record| {
                    thread::sleep(PAUSE);
                    record
                },
            )
            .sum()
    }
}

fn waiting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stream/waiting");
    group.sampling_mode(SamplingMode::Flat);
    let twins: [(&str, Records); 4] = [
        ("crossbeam, one by one", waits::crossbeam),
        ("pariter", waits::pariter),
        ("pooled", waits::pooled),
        ("bounded", waits::bounded),
    ];
    for (name, twin) in twins {
        group.bench_function(name, |bencher| bencher.iter(|| black_box(twin(2_000))));
    }
}

mod lines {
    use super::*;

    /// Some work, and its result as a line.
    fn line(number: u64, rounds: u32) -> String {
        format!("{number:010} {:016x}\n", spin(number, rounds))
    }

    pub(crate) fn sequential(count: u64, rounds: u32) -> Vec<u8> {
        let mut out = Vec::new();
        for number in records(count) {
            out.extend(line(number, rounds).into_bytes());
        }
        out
    }

    #[pooled(workers = 2)]
    pub(crate) fn pooled(count: u64, rounds: u32) -> Vec<u8> {
        let mut out = Vec::new();
        for number in records(count) {
            let line = line(number, rounds);
            #[ordered]
            {
                out.write_all(line.as_bytes()).expect("a `Vec` takes everything");
            }
        }
        out
    }

    #[bounded(workers = 2, queue = 500)]
    pub(crate) fn bounded(count: u64, rounds: u32) -> Vec<u8> {
        let mut out = Vec::new();
        for number in records(count) {
            let line = line(number, rounds);
            #[ordered]
            {
                out.write_all(line.as_bytes()).expect("a `Vec` takes everything");
            }
        }
        out
    }

    pub(crate) fn pariter(count: u64, rounds: u32) -> Vec<u8> {
        let mut out = Vec::new();
        let lines = records(count)
            .parallel_map_custom(|options| options.threads(2), move |number| line(number, rounds));
        for line in lines {
            out.write_all(line.as_bytes()).expect("a `Vec` takes everything");
        }
        out
    }
}

fn ordered(criterion: &mut Criterion) {
    for (name, count, cost) in [
        ("ordered", 1_000_000, Duration::from_nanos(60)),
        ("ordered, dear lines", 50_000, Duration::from_micros(5)),
    ] {
        let rounds = rounds(cost);
        let expected = lines::sequential(count, rounds);
        let mut group = criterion.benchmark_group(format!("stream/{name}"));
        group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(count));
        let twins: [(&str, Lines); 4] = [
            ("sequential", lines::sequential),
            ("pooled", lines::pooled),
            ("bounded", lines::bounded),
            ("pariter", lines::pariter),
        ];
        for (name, twin) in twins {
            assert!(twin(count, rounds) == expected, "{name}: byte by byte the same");
            group.bench_function(name, |bencher| bencher.iter(|| black_box(twin(count, rounds))));
        }
    }
}

criterion_group! {
    name = benches;
    config = settings(Duration::from_millis(800));
    targets = cheap, allocated, oversubscribed, waiting, ordered
}
criterion_main!(benches);
