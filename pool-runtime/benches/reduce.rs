//! Reductions: a sum, an extremum with its place, a histogram, words and how often they occur.
//!
//! Each body four times: the sequential loop, the best that was found by hand, rayon, the annotated
//! loop. Run on a machine that does nothing else, and compare within one run only.

#![allow(missing_docs, reason = "a benchmark has no readers of its documentation")]

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use pool_runtime::pooled;
use rayon::prelude::*;

/// One step of splitmix64: a body that LLVM cannot fold.
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// The stretches that the versions by hand give to each thread.
fn stretch<T>(items: &[T]) -> usize {
    items.len().div_ceil(4 * rayon::current_num_threads()).max(1)
}

mod sum {
    use super::*;

    pub(crate) fn sequential(items: &[u64]) -> u64 {
        let mut sum = 0;
        for &item in items {
            sum += mix(item) >> 32;
        }
        sum
    }

    pub(crate) fn by_hand(items: &[u64]) -> u64 {
        items.par_chunks(stretch(items)).map(sequential).sum()
    }

    pub(crate) fn rayon(items: &[u64]) -> u64 {
        items.par_iter().map(|&item| mix(item) >> 32).sum()
    }

    #[pooled]
    pub(crate) fn annotated(items: &[u64]) -> u64 {
        let mut sum = 0;
        for &item in items {
            sum += mix(item) >> 32;
        }
        sum
    }
}

mod least {
    use super::*;

    pub(crate) fn sequential(items: &[u64]) -> (u64, usize) {
        let (mut best, mut at) = (u64::MAX, 0);
        for (i, &item) in items.iter().enumerate() {
            if mix(item) < best {
                best = mix(item);
                at = i;
            }
        }
        (best, at)
    }

    pub(crate) fn by_hand(items: &[u64]) -> (u64, usize) {
        let part = stretch(items);
        items
            .par_chunks(part)
            .enumerate()
            .map(|(k, items)| {
                let (best, at) = sequential(items);
                (best, at + k * part)
            })
            .min()
            .unwrap_or((u64::MAX, 0))
    }

    pub(crate) fn rayon(items: &[u64]) -> (u64, usize) {
        items.par_iter().enumerate().map(|(i, &item)| (mix(item), i)).min().unwrap_or((u64::MAX, 0))
    }

    #[pooled]
    pub(crate) fn annotated(items: &[u64]) -> (u64, usize) {
        let (mut best, mut at) = (u64::MAX, 0);
        for (i, &item) in items.iter().enumerate() {
            if mix(item) < best {
                best = mix(item);
                at = i;
            }
        }
        (best, at)
    }
}

mod histogram {
    use super::*;

    pub(crate) fn sequential(items: &[u64]) -> [u64; 256] {
        let mut bins = [0; 256];
        for &item in items {
            bins[(mix(item) % 256) as usize] += 1;
        }
        bins
    }

    fn add(mut bins: [u64; 256], later: [u64; 256]) -> [u64; 256] {
        bins.iter_mut().zip(later).for_each(|(bin, later)| *bin += later);
        bins
    }

    pub(crate) fn by_hand(items: &[u64]) -> [u64; 256] {
        items.par_chunks(stretch(items)).map(sequential).reduce(|| [0; 256], add)
    }

    pub(crate) fn rayon(items: &[u64]) -> [u64; 256] {
        let count = |mut bins: [u64; 256], &item: &u64| {
            bins[(mix(item) % 256) as usize] += 1;
            bins
        };
        items.par_iter().fold(|| [0; 256], count).reduce(|| [0; 256], add)
    }

    #[pooled]
    pub(crate) fn annotated(items: &[u64]) -> [u64; 256] {
        let mut bins = [0; 256];
        for &item in items {
            bins[(mix(item) % 256) as usize] += 1;
        }
        bins
    }
}

mod words {
    use super::*;

    pub(crate) fn sequential(words: &[String]) -> HashMap<&str, u64> {
        let mut counts = HashMap::new();
        for word in words {
            *counts.entry(word.as_str()).or_insert(0) += 1;
        }
        counts
    }

    fn add<'a>(
        mut counts: HashMap<&'a str, u64>,
        mut later: HashMap<&'a str, u64>,
    ) -> HashMap<&'a str, u64> {
        if counts.len() < later.len() {
            std::mem::swap(&mut counts, &mut later);
        }
        for (word, count) in later {
            *counts.entry(word).or_insert(0) += count;
        }
        counts
    }

    /// A map per thread, put together at the end.
    pub(crate) fn by_hand(words: &[String]) -> HashMap<&str, u64> {
        let part = words.len().div_ceil(rayon::current_num_threads()).max(1);
        words.par_chunks(part).map(sequential).reduce(HashMap::new, add)
    }

    pub(crate) fn rayon(words: &[String]) -> HashMap<&str, u64> {
        let count = |mut counts: HashMap<_, _>, word| {
            *counts.entry(word).or_insert(0) += 1;
            counts
        };
        words.par_iter().map(String::as_str).fold(HashMap::new, count).reduce(HashMap::new, add)
    }

    pub(crate) fn orx_parallel<'a>(words: &'a [String]) -> HashMap<&'a str, u64> {
        use orx_parallel::{Par, Parallelizable};
        let maps =
            Par::fold(words.par(), HashMap::new, |counts: &mut HashMap<_, _>, word: &'a String| {
                *counts.entry(word.as_str()).or_insert(0) += 1;
            });
        maps.into_iter().reduce(add).unwrap_or_default()
    }

    #[pooled]
    pub(crate) fn annotated(words: &[String]) -> HashMap<&str, u64> {
        let mut counts = HashMap::new();
        for word in words {
            *counts.entry(word.as_str()).or_insert(0) += 1;
        }
        counts
    }
}

macro_rules! twins {
    ($criterion:ident, $name:literal, $module:ident, $($input:expr),*) => {{
        let mut group = $criterion.benchmark_group($name);
        $(
            let input = $input;
            assert_eq!($module::annotated(&input), $module::sequential(&input));
            assert_eq!($module::by_hand(&input), $module::sequential(&input));
            group.throughput(Throughput::Elements(input.len() as u64));
            twins!(@ group, $module, input, sequential by_hand rayon annotated);
        )*
    }};
    (@ $group:ident, $module:ident, $input:ident, $($twin:ident)*) => {$(
        let name = BenchmarkId::new(stringify!($twin), $input.len());
        $group.bench_function(name, |bencher| {
            bencher.iter(|| $module::$twin(black_box(&$input)));
        });
    )*};
}

fn numbers(len: u64) -> Vec<u64> {
    (0..len).collect()
}

/// So many words, of which so many are distinct.
fn text(len: u64, distinct: u64) -> Vec<String> {
    (0..len).map(|i| format!("word{}", mix(i) % distinct)).collect()
}

fn sum(criterion: &mut Criterion) {
    twins!(criterion, "reduce/sum", sum, numbers(1_000), numbers(100_000), numbers(10_000_000));
}

fn least(criterion: &mut Criterion) {
    twins!(criterion, "reduce/least", least, numbers(1_000), numbers(1_000_000));
}

fn histogram(criterion: &mut Criterion) {
    twins!(criterion, "reduce/histogram", histogram, numbers(1_000), numbers(1_000_000));
}

fn words(criterion: &mut Criterion) {
    twins!(criterion, "reduce/words-10000", words, text(2_000_000, 10_000));
    twins!(criterion, "reduce/words-500000", words, text(2_000_000, 500_000));
    for distinct in [10_000, 500_000] {
        let input = text(2_000_000, distinct);
        let mut group = criterion.benchmark_group(format!("reduce/words-{distinct}"));
        twins!(@ group, words, input, orx_parallel);
    }
}

fn quick() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
}

criterion_group! { name = benches; config = quick(); targets = sum, least, histogram, words }
criterion_main!(benches);
