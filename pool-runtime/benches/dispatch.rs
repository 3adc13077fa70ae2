//! What handing out work costs and how evenly it is handed out: an almost empty body in blocks of
//! one item, and two loops whose items cost very different amounts.
//!
//! Each body as the sequential loop, by hand, with rayon, and annotated; `chunk = 1` makes every
//! item a block of its own. Compare within one run only.

#![allow(missing_docs, reason = "a benchmark has no readers of its documentation")]

#[path = "common/uneven.rs"]
mod uneven;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pool_runtime::pooled;
use rayon::prelude::*;
use uneven::{one_by_one, row};

/// An item that costs `steps` dependent multiplications.
fn spin(item: u64, steps: u64) -> u64 {
    let mut x = item | 1;
    for _ in 0..steps {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    }
    x >> 33
}

mod empty {
    use super::*;

    pub(crate) const LEN: u64 = 1_000_000;

    pub(crate) fn sequential(len: u64) -> u64 {
        let mut sum = 0;
        for i in 0..len {
            sum += black_box(i);
        }
        sum
    }

    pub(crate) fn by_hand(len: u64) -> u64 {
        one_by_one(len, black_box)
    }

    pub(crate) fn rayon(len: u64) -> u64 {
        (0..len as usize).into_par_iter().with_max_len(1).map(|i| black_box(i as u64)).sum()
    }

    #[pooled(chunk = 1)]
    pub(crate) fn annotated(len: u64) -> u64 {
        let mut sum = 0;
        for i in 0..len {
            sum += black_box(i);
        }
        sum
    }
}

/// A float sum keeps every block's share apart until it is merged in order.
#[pooled(chunk = 1)]
fn annotated_float(len: u64) -> f64 {
    let mut sum = 0.0;
    for i in 0..len {
        sum += black_box(i) as f64;
    }
    sum
}

mod triangle {
    use super::*;

    pub(crate) const LEN: u64 = 4_000;

    pub(crate) fn sequential(len: u64) -> u64 {
        let mut sum = 0;
        for i in 0..len {
            sum += spin(i, i);
        }
        sum
    }

    pub(crate) fn by_hand(len: u64) -> u64 {
        one_by_one(len, |i| spin(i, i))
    }

    pub(crate) fn rayon(len: u64) -> u64 {
        (0..len).into_par_iter().map(|i| spin(i, i)).sum()
    }

    #[pooled]
    pub(crate) fn annotated(len: u64) -> u64 {
        let mut sum = 0;
        for i in 0..len {
            sum += spin(i, i);
        }
        sum
    }
}

mod mandelbrot {
    use super::*;

    pub(crate) const LEN: u64 = 300;

    pub(crate) fn sequential(side: u64) -> u64 {
        let mut sum = 0;
        for y in 0..side {
            sum += row(y, side);
        }
        sum
    }

    pub(crate) fn by_hand(side: u64) -> u64 {
        one_by_one(side, |y| row(y, side))
    }

    pub(crate) fn rayon(side: u64) -> u64 {
        (0..side).into_par_iter().map(|y| row(y, side)).sum()
    }

    #[pooled]
    pub(crate) fn annotated(side: u64) -> u64 {
        let mut sum = 0;
        for y in 0..side {
            sum += row(y, side);
        }
        sum
    }
}

macro_rules! twins {
    ($criterion:ident, $name:literal, $module:ident) => {{
        let mut group = $criterion.benchmark_group($name);
        group.throughput(Throughput::Elements($module::LEN));
        assert_eq!($module::annotated($module::LEN), $module::sequential($module::LEN));
        assert_eq!($module::by_hand($module::LEN), $module::sequential($module::LEN));
        twins!(@ group, $module, sequential by_hand rayon annotated);
        group
    }};
    (@ $group:ident, $module:ident, $($twin:ident)*) => {$(
        $group.bench_function(stringify!($twin), |bencher| {
            bencher.iter(|| $module::$twin(black_box($module::LEN)));
        });
    )*};
}

fn dispatch(criterion: &mut Criterion) {
    let mut group = twins!(criterion, "dispatch/chunks-of-one", empty);
    group.bench_function("annotated, float", |bencher| {
        bencher.iter(|| annotated_float(black_box(empty::LEN)));
    });
}

fn imbalance(criterion: &mut Criterion) {
    twins!(criterion, "imbalance/triangle", triangle).finish();
    twins!(criterion, "imbalance/mandelbrot", mandelbrot).finish();
}

fn quick() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
}

criterion_group! { name = benches; config = quick(); targets = dispatch, imbalance }
criterion_main!(benches);
