//! Results in order: one per item, and those that pass a filter.
//!
//! Each body four times: the sequential loop, the best that was found by hand, rayon, the annotated
//! loop. Run on a machine that does nothing else, and compare within one run only.

#![allow(missing_docs, reason = "a benchmark has no readers of its documentation")]

use std::hint::black_box;
use std::mem::MaybeUninit;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use pool_runtime::pooled;
use rayon::prelude::*;

/// One step of splitmix64: what an item costs.
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

mod map {
    use super::*;

    pub(crate) fn sequential(len: u64) -> Vec<u64> {
        let mut out = Vec::new();
        for i in 0..len {
            out.push(mix(i));
        }
        out
    }

    /// Halves of the spare capacity, one per thread of rayon's pool.
    pub(crate) fn by_hand(len: u64) -> Vec<u64> {
        let mut out = Vec::with_capacity(len as usize);
        let spare = &mut out.spare_capacity_mut()[..len as usize];
        let part = spare.len().div_ceil(4 * rayon::current_num_threads()).max(1);
        spare.par_chunks_mut(part).enumerate().for_each(|(chunk, slots)| {
            let start = (chunk * part) as u64;
            for (i, slot) in slots.iter_mut().enumerate() {
                *slot = MaybeUninit::new(mix(start + i as u64));
            }
        });
        // SAFETY: all of them have been written.
        #[allow(unsafe_code, reason = "what the annotated loop spares its user")]
        unsafe {
            out.set_len(len as usize);
        }
        out
    }

    pub(crate) fn rayon(len: u64) -> Vec<u64> {
        (0..len).into_par_iter().map(mix).collect()
    }

    pub(crate) fn orx_parallel(len: u64) -> Vec<u64> {
        use orx_parallel::{IntoParIter, Par};
        Par::collect(Par::map((0..len as usize).into_par(), |i| mix(i as u64)))
    }

    #[pooled]
    pub(crate) fn annotated(len: u64) -> Vec<u64> {
        let mut out = Vec::new();
        for i in 0..len {
            out.push(mix(i));
        }
        out
    }
}

mod filter {
    use super::*;

    pub(crate) fn sequential(len: u64) -> Vec<u64> {
        let mut out = Vec::new();
        for i in 0..len {
            let item = mix(i);
            if item.is_multiple_of(3) {
                out.push(item);
            }
        }
        out
    }

    /// A `Vec` per stretch, put together at the end.
    pub(crate) fn by_hand(len: u64) -> Vec<u64> {
        let parts = 4 * rayon::current_num_threads() as u64;
        let part = len.div_ceil(parts).max(1);
        let stretch = |k: u64| {
            let mut out = Vec::new();
            for i in k * part..len.min((k + 1) * part) {
                let item = mix(i);
                if item.is_multiple_of(3) {
                    out.push(item);
                }
            }
            out
        };
        let found: Vec<Vec<u64>> = (0..parts).into_par_iter().map(stretch).collect();
        found.concat()
    }

    pub(crate) fn rayon(len: u64) -> Vec<u64> {
        (0..len).into_par_iter().map(mix).filter(|x| x.is_multiple_of(3)).collect()
    }

    #[pooled]
    pub(crate) fn annotated(len: u64) -> Vec<u64> {
        let mut out = Vec::new();
        for i in 0..len {
            let item = mix(i);
            if item.is_multiple_of(3) {
                out.push(item);
            }
        }
        out
    }
}

mod strings {
    use super::*;

    pub(crate) fn sequential(len: u64) -> String {
        let mut out = String::new();
        for i in 0..len {
            out += &format!("{:x},", mix(i));
        }
        out
    }

    pub(crate) fn by_hand(len: u64) -> String {
        let parts = 4 * rayon::current_num_threads() as u64;
        let part = len.div_ceil(parts).max(1);
        let stretch = |k: u64| {
            let mut out = String::new();
            for i in k * part..len.min((k + 1) * part) {
                out += &format!("{:x},", mix(i));
            }
            out
        };
        let found: Vec<String> = (0..parts).into_par_iter().map(stretch).collect();
        found.concat()
    }

    pub(crate) fn rayon(len: u64) -> String {
        (0..len).into_par_iter().map(|i| format!("{:x},", mix(i))).collect()
    }

    #[pooled]
    pub(crate) fn annotated(len: u64) -> String {
        let mut out = String::new();
        for i in 0..len {
            out += &format!("{:x},", mix(i));
        }
        out
    }
}

macro_rules! twins {
    ($group:ident, $module:ident, $($len:expr),*) => {$(
        assert_eq!($module::annotated($len), $module::sequential($len));
        assert_eq!($module::by_hand($len), $module::sequential($len));
        $group.throughput(Throughput::Elements($len));
        twins!(@ $group, $module, $len, sequential by_hand rayon annotated);
    )*};
    (@ $group:ident, $module:ident, $len:expr, $($twin:ident)*) => {$(
        $group.bench_with_input(BenchmarkId::new(stringify!($twin), $len), &$len, |bencher, &len| {
            bencher.iter_with_large_drop(|| $module::$twin(black_box(len)));
        });
    )*};
}

fn map(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("collect/map");
    twins!(group, map, 1_000, 100_000, 10_000_000);
    twins!(@ group, map, 10_000_000, orx_parallel);
}

fn filter(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("collect/filter");
    twins!(group, filter, 1_000, 100_000, 10_000_000);
}

fn strings(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("collect/strings");
    twins!(group, strings, 1_000, 1_000_000);
}

fn quick() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
}

criterion_group! { name = benches; config = quick(); targets = map, filter, strings }
criterion_main!(benches);
