//! Batches: what cutting a source into batches costs beside doing the work.
//!
//! `cargo bench -p pool-runtime --bench batch`. A million items whose body is next to nothing (one
//! addition each), in batches of 100, so that what is left is the batching. Over a slice a batch
//! is a subslice and nothing may be allocated per batch: the allocations are counted and printed.
//! Over an iterator a batch is a `Vec`. Beside it the loop by hand (`chunks`), rayon's `par_chunks`
//! and crossbeam with `Vec`s. Compare within one run only.

#![allow(missing_docs, reason = "a benchmark has no readers of its documentation")]

mod common;

use std::alloc::System;
use std::hint::black_box;
use std::thread;
use std::time::Duration;

use common::settings;
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use pool_runtime::{batched, bounded, pooled};
use rayon::prelude::*;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const ITEMS: usize = 1_000_000;
const SIZE: usize = 100;

/// The body: one call per batch, which a database would be.
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

#[batched(size = SIZE, workers = 2)]
fn slice(items: &[u64]) -> u64 {
    let mut sum = 0;
    for batch in items {
        sum += call(batch);
    }
    sum
}

#[batched(size = SIZE, workers = 1)]
fn slice_alone(items: &[u64]) -> u64 {
    let mut sum = 0;
    for batch in items {
        sum += call(batch);
    }
    sum
}

#[batched(size = SIZE, workers = 2)]
fn iterator(items: &[u64]) -> u64 {
    let mut sum = 0;
    for batch in items.iter().filter(|&&item| item != u64::MAX).copied() {
        sum += call(&batch);
    }
    sum
}

#[bounded(queue = 500)]
#[batched(size = SIZE, workers = 2)]
fn queue(items: &[u64]) -> u64 {
    let mut sum = 0;
    for batch in items.iter().filter(|&&item| item != u64::MAX).copied() {
        sum += call(&batch);
    }
    sum
}

#[batched(size = SIZE, workers = 2, linger = "5ms")]
fn lingering(items: &[u64]) -> u64 {
    let mut sum = 0;
    for batch in items.iter().filter(|&&item| item != u64::MAX).copied() {
        sum += call(&batch);
    }
    sum
}

/// The loop over batches that the user would write.
#[pooled(workers = 2)]
fn chunks(items: &[u64]) -> u64 {
    let mut sum = 0;
    for batch in items.chunks(SIZE) {
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

fn vectors_alone(items: &[u64]) -> u64 {
    let (mut sum, mut items) = (0, items.iter().copied());
    loop {
        let batch: Vec<u64> = items.by_ref().take(SIZE).collect();
        if batch.is_empty() {
            return sum;
        }
        sum += call(&batch);
    }
}

fn crossbeam(items: &[u64]) -> u64 {
    let (sender, receiver) = crossbeam_channel::bounded::<Vec<u64>>(5);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..2)
            .map(|_| {
                let receiver = receiver.clone();
                scope.spawn(move || receiver.into_iter().map(|batch| call(&batch)).sum::<u64>())
            })
            .collect();
        drop(receiver);
        items.chunks(SIZE).for_each(|batch| sender.send(batch.to_vec()).unwrap());
        drop(sender);
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    })
}

fn batches(criterion: &mut Criterion) {
    let items: Vec<u64> = (0..ITEMS as u64).collect();
    let expected = sequential(&items);
    let mut group = criterion.benchmark_group("batch");
    group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(ITEMS as u64));
    type Twin = fn(&[u64]) -> u64;
    let twins: [(&str, Twin); 10] = [
        ("slice/sequential", sequential),
        ("slice/by hand, 2 threads", by_hand),
        ("slice/rayon", |items| items.par_chunks(SIZE).map(call).sum()),
        ("slice/pooled over chunks", chunks),
        ("slice/batched", slice),
        ("slice/batched, 1 worker", slice_alone),
        ("vec/sequential", vectors_alone),
        ("vec/batched", iterator),
        ("vec/crossbeam", crossbeam),
        ("vec/batched and bounded", queue),
    ];
    for (name, twin) in twins.into_iter().chain([("vec/batched with linger", lingering as Twin)]) {
        assert_eq!(twin(&items), expected, "{name}");
        // Threads are there now, and what the loop keeps is made.
        let region = Region::new(COUNTING);
        black_box(twin(&items));
        let allocations = region.change().allocations;
        group.bench_function(name, |bencher| bencher.iter(|| twin(black_box(&items))));
        eprintln!("{name}: {allocations} allocations for {} batches", ITEMS / SIZE);
    }
}

criterion_group! { name = benches; config = settings(Duration::from_millis(600)); targets = batches }
criterion_main!(benches);
