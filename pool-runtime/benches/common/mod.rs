//! What the benchmarks of queues share: bodies of a known cost, and settings that fit a short
//! window of quiet.

#![allow(dead_code, reason = "each benchmark uses what it needs of these")]

mod calibrate;

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;

use self::calibrate::calibrate;

/// Rounds of a dependent multiplication: nothing to vectorize, nothing to fold.
#[inline(never)]
pub(crate) fn spin(seed: u64, rounds: u32) -> u64 {
    let mut x = seed;
    for _ in 0..rounds {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    }
    x
}

/// How many rounds of [`spin`] take `time` in a loop over records.
pub(crate) fn rounds(time: Duration) -> u32 {
    calibrate(time, |count, rounds| {
        black_box((0..count).map(|record| spin(record, rounds) >> 20).sum::<u64>());
    })
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
