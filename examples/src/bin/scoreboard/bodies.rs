//! Loops whose bodies make the difference: nearly empty ones, uneven ones, reductions by key,
//! results in order.

use std::collections::HashMap;
use std::hint::black_box;
use std::mem;
use std::thread;
use std::time::Duration;

use orx_parallel::{IntoParIter as _, Par as _, Parallelizable as _};
use pool_runtime::pooled;
use rayon::prelude::*;

use crate::measure::{Goal, Measure, Role, kept, mix};
use crate::uneven::{one_by_one, row};

mod dispatch {
    use super::*;

    const CHUNKS: u64 = 1_000_000;

    fn sequential(len: u64) -> u64 {
        let mut sum = 0;
        for i in 0..len {
            sum += black_box(i);
        }
        sum
    }

    #[pooled(chunk = 1)]
    fn annotated(len: u64) -> u64 {
        let mut sum = 0;
        for i in 0..len {
            sum += black_box(i);
        }
        sum
    }

    fn rayon(len: u64) -> u64 {
        (0..len as usize).into_par_iter().with_max_len(1).map(|i| black_box(i as u64)).sum()
    }

    fn orx(len: u64) -> u64 {
        (0..len as usize).into_par().chunk_size(1).map(|i| black_box(i as u64)).sum()
    }

    pub(super) fn measure() -> Measure {
        Measure::new("dispatch, 1M empty chunks", CHUNKS)
            .goal(Goal::PerItem(Duration::from_nanos(7)))
            .version(Role::Sequential, "sequential", || sequential(black_box(CHUNKS)))
            .version(Role::Hand, "fetch_add", || one_by_one(black_box(CHUNKS), black_box))
            .version(Role::Rayon, "rayon, max_len 1", || rayon(black_box(CHUNKS)))
            .version(Role::Peer, "orx-parallel, chunk 1", || orx(black_box(CHUNKS)))
            .version(Role::Annotated, "pooled(chunk = 1)", || annotated(black_box(CHUNKS)))
    }
}

mod triangle {
    use super::*;

    const LEN: u64 = 1_000;

    /// `steps` dependent steps that LLVM cannot fold into fewer.
    fn spin(item: u64, steps: u64) -> u64 {
        let mut x = item;
        for _ in 0..steps {
            x = mix(x);
        }
        x >> 33
    }

    fn sequential(len: u64) -> u64 {
        let mut sum = 0;
        for i in 0..len {
            sum += spin(i, i);
        }
        sum
    }

    #[pooled]
    fn annotated(len: u64) -> u64 {
        let mut sum = 0;
        for i in 0..len {
            sum += spin(i, i);
        }
        sum
    }

    fn rayon(len: u64) -> u64 {
        (0..len).into_par_iter().map(|i| spin(i, i)).sum()
    }

    pub(super) fn measure() -> Measure {
        Measure::new("imbalance, triangle", LEN)
            .goal(Goal::Ceiling(0.97))
            .version(Role::Sequential, "sequential", || sequential(black_box(LEN)))
            .version(Role::Hand, "fetch_add", || one_by_one(black_box(LEN), |i| spin(i, i)))
            .version(Role::Rayon, "rayon", || rayon(black_box(LEN)))
            .version(Role::Annotated, "pooled", || annotated(black_box(LEN)))
    }
}

mod mandelbrot {
    use super::*;

    const SIDE: u64 = 160;

    fn sequential(side: u64) -> u64 {
        let mut sum = 0;
        for y in 0..side {
            sum += row(y, side);
        }
        sum
    }

    #[pooled]
    fn annotated(side: u64) -> u64 {
        let mut sum = 0;
        for y in 0..side {
            sum += row(y, side);
        }
        sum
    }

    fn rayon(side: u64) -> u64 {
        (0..side).into_par_iter().map(|y| row(y, side)).sum()
    }

    pub(super) fn measure() -> Measure {
        Measure::new("imbalance, mandelbrot", SIDE)
            .goal(Goal::Ceiling(0.97))
            .version(Role::Sequential, "sequential", || sequential(black_box(SIDE)))
            .version(Role::Hand, "fetch_add", || one_by_one(black_box(SIDE), |y| row(y, SIDE)))
            .version(Role::Rayon, "rayon", || rayon(black_box(SIDE)))
            .version(Role::Annotated, "pooled", || annotated(black_box(SIDE)))
    }
}

mod words {
    use super::*;

    type Counts<'a> = HashMap<&'a str, u64>;

    fn sequential<'a>(words: &'a [String]) -> Counts<'a> {
        let mut counts = HashMap::new();
        for word in words {
            *counts.entry(word.as_str()).or_insert(0) += 1;
        }
        counts
    }

    #[pooled]
    fn annotated<'a>(words: &'a [String]) -> Counts<'a> {
        let mut counts = HashMap::new();
        for word in words {
            *counts.entry(word.as_str()).or_insert(0) += 1;
        }
        counts
    }

    #[pooled(shards = 32)]
    fn sharded<'a>(words: &'a [String]) -> Counts<'a> {
        let mut counts = HashMap::new();
        for word in words {
            *counts.entry(word.as_str()).or_insert(0) += 1;
        }
        counts
    }

    fn merged<'a>(mut counts: Counts<'a>, mut later: Counts<'a>) -> Counts<'a> {
        if counts.len() < later.len() {
            mem::swap(&mut counts, &mut later);
        }
        for (word, count) in later {
            *counts.entry(word).or_insert(0) += count;
        }
        counts
    }

    fn by_hand<'a>(words: &'a [String]) -> Counts<'a> {
        let share = words.len().div_ceil(rayon::current_num_threads()).max(1);
        words.par_chunks(share).map(sequential).reduce(HashMap::new, merged)
    }

    fn rayon<'a>(words: &'a [String]) -> Counts<'a> {
        let count = |mut counts: Counts<'a>, word: &'a String| {
            *counts.entry(word.as_str()).or_insert(0) += 1;
            counts
        };
        words.par_iter().fold(HashMap::new, count).reduce(HashMap::new, merged)
    }

    fn orx<'a>(words: &'a [String]) -> Counts<'a> {
        let parts = words.par().fold(HashMap::new, |counts: &mut Counts<'a>, word| {
            *counts.entry(word.as_str()).or_insert(0) += 1;
        });
        parts.into_iter().reduce(merged).unwrap_or_default()
    }

    fn about(counts: &Counts<'_>) -> (u64, u64) {
        (counts.len() as u64, counts.values().map(|count| count * count).sum())
    }

    pub(super) fn measure(distinct: u64, goal: Goal) -> Measure {
        const LEN: u64 = 500_000;
        let words: &[String] =
            kept((0..LEN).map(|i| format!("word{}", mix(i) % distinct)).collect::<Vec<_>>());
        let ours = if distinct > 50_000 { sharded } else { annotated };
        Measure::new(format!("words, 500k, {distinct} distinct"), LEN)
            .goal(goal)
            .version(Role::Sequential, "sequential", || about(&sequential(words)))
            .version(Role::Hand, "a map for each thread", || about(&by_hand(words)))
            .version(Role::Rayon, "rayon, fold and reduce", || about(&rayon(words)))
            .version(Role::Peer, "orx-parallel, fold", || about(&orx(words)))
            .version(Role::Annotated, "pooled", move || about(&ours(words)))
    }
}

mod collect {
    use super::*;

    const LEN: u64 = 2_000_000;

    fn sequential(len: u64) -> Vec<u64> {
        let mut out = Vec::new();
        for i in 0..len {
            out.push(mix(i));
        }
        out
    }

    #[pooled]
    fn annotated(len: u64) -> Vec<u64> {
        let mut out = Vec::new();
        for i in 0..len {
            out.push(mix(i));
        }
        out
    }

    /// Halves of a vector that has its length already.
    fn by_hand(len: u64) -> Vec<u64> {
        let mut out = vec![0; len as usize];
        let share = out.len().div_ceil(rayon::current_num_threads()).max(1);
        thread::scope(|scope| {
            for (k, part) in out.chunks_mut(share).enumerate() {
                scope.spawn(move || {
                    for (i, place) in (k * share..).zip(part) {
                        *place = mix(i as u64);
                    }
                });
            }
        });
        out
    }

    /// Its length and some of it.
    fn about(out: &[u64]) -> (usize, u64) {
        (out.len(), out.iter().step_by(4093).fold(0, |sum, item| sum ^ item))
    }

    pub(super) fn measure() -> Measure {
        let range = || 0..black_box(LEN) as usize;
        Measure::new("collect, 2M numbers in order", LEN)
            .goal(Goal::Ceiling(0.95))
            .version(Role::Sequential, "sequential, push", || about(&sequential(black_box(LEN))))
            .version(Role::Hand, "halves of a vector", || about(&by_hand(black_box(LEN))))
            .version(Role::Rayon, "rayon, collect", move || {
                let items = range().into_par_iter().map(|i| mix(i as u64));
                about(&items.collect::<Vec<u64>>())
            })
            .version(Role::Peer, "orx-parallel, collect", move || {
                about(&range().into_par().map(|i| mix(i as u64)).collect::<Vec<u64>>())
            })
            .version(Role::Annotated, "pooled", || about(&annotated(black_box(LEN))))
    }
}

pub(crate) fn measures() -> Vec<Measure> {
    vec![
        dispatch::measure(),
        triangle::measure(),
        mandelbrot::measure(),
        words::measure(10_000, Goal::Beside(Role::Hand, 0.95)),
        words::measure(250_000, Goal::Beside(Role::Rayon, 1.0)),
        collect::measure(),
    ]
}
