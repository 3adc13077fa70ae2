//! What a loop costs beyond its items: `cargo bench -p pool-runtime --bench overhead`.
//!
//! The loop sums a mixed-up slice (LLVM can vectorize it but not fold it), sequentially, with
//! `std::thread::scope` split by hand, as a rayon iterator from outside and from inside its pool,
//! and as an annotated loop. Each hot (back to back) and cold (1 ms asleep before each run), each
//! in wall time and in processor time of the whole process. A ceiling probe runs the sequential
//! loop on two threads at once: twice its time over the probe's is what this machine has to give.
//!
//! Compare within one run: two columns of different days say nothing.

#[path = "common/sums.rs"]
mod sums;

use std::hint::black_box;
use std::num::Wrapping;
use std::thread;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use pool_runtime::__private::{Loop, Site, add, source};
use rayon::prelude::*;
use sums::{item, processor_time, sequential};

const LENGTHS: [usize; 6] = [1, 100, 1_000, 10_000, 100_000, 1_000_000];

/// What the attribute makes of the loop above.
#[inline(never)]
fn annotated(data: &[u32]) -> Wrapping<u64> {
    static SITE: Site = Site::new("annotated", file!(), line!(), "pooled");
    let mut sum = Wrapping(0);
    Loop::new(&SITE, source!(data)).run((add!(sum),), (), |(mut sum,), (), block| {
        for &x in block {
            sum += item(x);
        }
        (sum,)
    });
    sum
}

#[inline(never)]
fn by_hand(data: &[u32]) -> Wrapping<u64> {
    let (one, other) = data.split_at(data.len() / 2);
    thread::scope(|scope| {
        let other = scope.spawn(|| sequential(other));
        sequential(one) + other.join().expect("sums do not panic")
    })
}

#[inline(never)]
fn rayon_iterator(data: &[u32]) -> Wrapping<u64> {
    data.par_iter().map(|&x| item(x)).reduce(|| Wrapping(0), |a, b| a + b)
}

/// Runs `body` back to back.
fn hot(body: &mut dyn FnMut(), runs: u64, processor: bool) -> Duration {
    let (wall, busy) = (Instant::now(), processor_time());
    for _ in 0..runs {
        body();
    }
    if processor { processor_time() - busy } else { wall.elapsed() }
}

/// Runs `body` with 1 ms of sleep before each run, which is not counted.
fn cold(body: &mut dyn FnMut(), runs: u64, processor: bool) -> Duration {
    let mut total = Duration::ZERO;
    for _ in 0..runs {
        thread::sleep(Duration::from_millis(1));
        total += hot(body, 1, processor);
    }
    total
}

/// A way to sum up.
type Contestant = fn(&[u32]) -> Wrapping<u64>;

type Run = fn(&mut dyn FnMut(), u64, bool) -> Duration;

fn overhead(criterion: &mut Criterion) {
    let data: Vec<u32> = (0..1_000_000).map(|x| x * 7).collect();
    let contestants: [(&str, Contestant); 4] = [
        ("sequential", sequential),
        ("annotated", annotated),
        ("scope by hand", by_hand),
        ("rayon", rayon_iterator),
    ];
    for (state, run) in [("hot", hot as Run), ("cold", cold as Run)] {
        for (clock, processor) in [("wall", false), ("processor", true)] {
            let mut group = criterion.benchmark_group(format!("{state}/{clock}"));
            for len in LENGTHS {
                let data = &data[..len];
                for (name, contestant) in contestants {
                    group.bench_function(BenchmarkId::new(name, len), |bencher| {
                        let mut body = || {
                            black_box(contestant(black_box(data)));
                        };
                        bencher.iter_custom(|runs| run(&mut body, runs, processor));
                    });
                }
                group.bench_function(BenchmarkId::new("rayon inside", len), |bencher| {
                    bencher.iter_custom(|runs| {
                        rayon::scope(|_| {
                            let mut body = || {
                                black_box(rayon_iterator(black_box(data)));
                            };
                            run(&mut body, runs, processor)
                        })
                    });
                });
            }
        }
    }
}

fn ceiling(criterion: &mut Criterion) {
    let data: Vec<u32> = (0..1_000_000).map(|x| x * 7).collect();
    let mut group = criterion.benchmark_group("ceiling");
    group.bench_function("one thread", |bencher| bencher.iter(|| sequential(black_box(&data))));
    group.bench_function("two threads, each as much", |bencher| {
        bencher.iter_custom(|runs| {
            let body = || {
                for _ in 0..runs {
                    black_box(sequential(black_box(&data)));
                }
            };
            let since = Instant::now();
            thread::scope(|scope| {
                scope.spawn(body);
                body();
            });
            since.elapsed()
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(15)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400));
    targets = ceiling, overhead
}
criterion_main!(benches);
