//! How often each word occurs.

use std::collections::HashMap;

use pool_runtime::pooled;
use rayon::prelude::*;

use crate::measure::{Measure, Role, kept, mix};

const WORDS: u64 = 500_000;

type Counts<'a> = HashMap<&'a str, u64>;

fn sequential<'a>(words: &[&'a str]) -> Counts<'a> {
    let mut counts = HashMap::new();
    for word in words {
        *counts.entry(*word).or_insert(0) += 1;
    }
    counts
}

#[pooled]
fn annotated<'a>(words: &[&'a str]) -> Counts<'a> {
    let mut counts = HashMap::new();
    for word in words {
        *counts.entry(*word).or_insert(0) += 1;
    }
    counts
}

/// The smaller of two maps into the larger one.
fn merged<'a>(mut counts: Counts<'a>, mut later: Counts<'a>) -> Counts<'a> {
    if counts.len() < later.len() {
        std::mem::swap(&mut counts, &mut later);
    }
    for (word, count) in later {
        *counts.entry(word).or_insert(0) += count;
    }
    counts
}

/// A map for each thread's share.
fn by_hand<'a>(words: &[&'a str]) -> Counts<'a> {
    let share = words.len().div_ceil(rayon::current_num_threads()).max(1);
    words.par_chunks(share).map(sequential).reduce(HashMap::new, merged)
}

fn rayon<'a>(words: &[&'a str]) -> Counts<'a> {
    let count = |mut counts: Counts<'a>, word: &&'a str| {
        *counts.entry(*word).or_insert(0) += 1;
        counts
    };
    words.par_iter().fold(HashMap::new, count).reduce(HashMap::new, merged)
}

/// Words and squares of counts: enough to see whether two maps are the same.
fn about(counts: &Counts<'_>) -> (u64, u64) {
    let entry = |(word, count): (&&str, &u64)| count * count + (word.len() as u64) * count;
    (counts.len() as u64, counts.iter().map(entry).sum())
}

pub(crate) fn measure() -> Measure {
    // Zipf's law, nearly: half of all words are among the first hundred.
    let word = |k: u64| {
        let rank = (10_000f64.powf((mix(k) >> 11) as f64 / (1u64 << 53) as f64)) as u64;
        &**kept(format!("word{rank}"))
    };
    let words: &[&'static str] = kept((0..WORDS).map(word).collect::<Vec<_>>());
    Measure::new("5 reduction: 500k words", WORDS)
        .version(Role::Sequential, "sequential", || about(&sequential(words)))
        .version(Role::Hand, "a map for each thread", || about(&by_hand(words)))
        .version(Role::Rayon, "rayon, fold and reduce", || about(&rayon(words)))
        .version(Role::Annotated, "pooled", || about(&annotated(words)))
}
