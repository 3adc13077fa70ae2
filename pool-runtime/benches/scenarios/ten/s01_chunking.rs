//! A sum of a million terms, handed out in chunks of 10,000.

use std::hint::black_box;
use std::thread;

use pool_runtime::pooled;
use rayon::prelude::*;

use super::threads;
use crate::measure::{Measure, Role};

const LEN: u64 = 1_000_000;

/// Cheap, but nothing that the compiler can turn into a formula.
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
fn annotated(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += term(i);
    }
    sum
}

/// A range for each thread.
fn by_hand(n: u64) -> u64 {
    let threads = threads() as u64;
    let share = |k: u64| (n * k / threads..n * (k + 1) / threads).map(term).sum::<u64>();
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|k| scope.spawn(move || share(k))).collect();
        share(0) + others.into_iter().map(|other| other.join().unwrap()).sum::<u64>()
    })
}

fn rayon(n: u64) -> u64 {
    let terms = (0..n as usize).into_par_iter().with_min_len(10_000);
    terms.map(|i| term(i as u64)).sum()
}

pub(crate) fn measure() -> Measure {
    Measure::new("1 chunking: a sum of 1M terms", LEN)
        .repeat(8)
        .version(Role::Sequential, "sequential", || sequential(black_box(LEN)))
        .version(Role::Hand, "threads", || by_hand(black_box(LEN)))
        .version(Role::Rayon, "rayon", || rayon(black_box(LEN)))
        .version(Role::Annotated, "pooled", || annotated(black_box(LEN)))
}
