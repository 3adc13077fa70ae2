//! What the benchmarks of queues share: bodies of a known cost, and settings that fit a short
//! window of quiet.

#![allow(dead_code, reason = "each benchmark uses what it needs of these")]

use std::hint::black_box;
use std::sync::OnceLock;
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

/// How many rounds of [`spin`] take `time` here.
pub(crate) fn rounds(time: Duration) -> u32 {
    static PER_ROUND: OnceLock<f64> = OnceLock::new();
    let per_round = PER_ROUND.get_or_init(|| {
        let best = (0..20).map(|_| {
            let start = Instant::now();
            black_box(spin(black_box(1), 100_000));
            start.elapsed()
        });
        best.min().unwrap_or_default().as_nanos() as f64 / 100_000.0
    });
    ((time.as_nanos() as f64 / per_round) as u32).max(1)
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
