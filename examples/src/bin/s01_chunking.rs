//! Scenario 1: a sum over millions of numbers. One task per number drowns in submissions; the
//! annotated loop submits one chunk of 10,000 at a time and adds without any shared variable.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use examples::contest::say;
use examples::naive::Naive;
use examples::{Args, contest, machine, show};
use pool_runtime::pooled;

/// What is added up: cheap, but nothing that the compiler can turn into a formula.
fn term(i: u64) -> u64 {
    (i ^ (i >> 3)) & 0xffff
}

fn sequential(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += term(i);
    }
    sum
}

#[pooled(workers = 4, chunk = 10_000)]
fn pooled_sum(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += term(i);
    }
    sum
}

/// The usual pool: one task per number, one shared counter.
fn naive(pool: &Naive, n: u64) -> u64 {
    let sum = AtomicU64::new(0);
    pool.scope(|scope| {
        for i in 0..n {
            let sum = &sum;
            scope.spawn(move |_| {
                sum.fetch_add(term(i), Ordering::Relaxed);
            });
        }
    });
    sum.into_inner()
}

/// What an expert writes: ranges by hand, one thread each.
fn by_hand(n: u64) -> u64 {
    let workers = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    std::thread::scope(|scope| {
        let share = |k: u64| n * k / workers..n * (k + 1) / workers;
        let others: Vec<_> =
            (1..workers).map(|k| scope.spawn(move || share(k).map(term).sum::<u64>())).collect();
        let own: u64 = share(0).map(term).sum();
        own + others.into_iter().map(|t| t.join().expect("adding does not panic")).sum::<u64>()
    })
}

fn main() -> io::Result<()> {
    let args = Args::read();
    machine();
    let pool = Naive::new(4);
    let n = args.scaled(1_000_000) as u64;
    let (sum, mut timings) = contest(
        args.runs(),
        &mut [
            ("sequential loop", &mut || sequential(n)),
            ("naive pool, one task per number", &mut || naive(&pool, n)),
            ("threads by hand", &mut || by_hand(n)),
            ("#[pooled(workers = 4, chunk = 10_000)]", &mut || pooled_sum(n)),
        ],
    );
    timings[1].figure = format!("{n}");
    timings[2].figure = "2".to_owned();
    timings[3].figure = format!("{}", n.div_ceil(10_000));
    show(&format!("sum of {n} terms = {sum}"), "tasks or chunks", &timings);

    let n = args.scaled(100_000_000) as u64;
    let (sum, mut timings) = contest(
        args.runs(),
        &mut [
            ("sequential loop", &mut || sequential(n)),
            ("threads by hand", &mut || by_hand(n)),
            ("#[pooled(workers = 4, chunk = 10_000)]", &mut || pooled_sum(n)),
        ],
    );
    timings[1].figure = "2".to_owned();
    timings[2].figure = format!("{}", n.div_ceil(10_000));
    show(&format!("sum of {n} terms = {sum}"), "tasks or chunks", &timings);
    say("every version returned the same sum in every run");
    Ok(())
}
