//! What the benchmarks of queues share: bodies of a known cost, and settings that fit a short
//! window of quiet.

#![allow(dead_code, reason = "each benchmark uses what it needs of these")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;

/// Rounds of a dependent multiplication: nothing to vectorize, nothing to fold.
#[inline(never)]
pub(crate) fn spin(seed: u64, rounds: u32) -> u64 {
    let mut x = seed;
    for _ in 0..rounds {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    }
    x
}

/// How many rounds of [`spin`] take `time` here, in a loop over records: one call overlaps with the
/// next, so that it takes less than it does alone.
pub(crate) fn rounds(time: Duration) -> u32 {
    let aim = time.as_nanos() as f64;
    let count = (1e6 / aim).ceil() as u64;
    let mut rounds = 100.0;
    for _ in 0..6 {
        let best = (0..20).map(|_| {
            let start = Instant::now();
            black_box((0..count).map(|record| spin(record, rounds as u32) >> 20).sum::<u64>());
            start.elapsed()
        });
        let best = best.min().unwrap_or(time).as_nanos() as f64 / count as f64;
        rounds = (rounds * aim / best).max(1.0);
    }
    rounds as u32
}

/// The one in the middle. Sorts them.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Ten samples of about a tenth of `time` each.
pub(crate) fn settings(time: Duration) -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(time)
}
