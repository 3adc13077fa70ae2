//! Scenario 5: counting words. A lock around one map makes the workers wait for each other; the
//! annotated loop gives each its own map and merges them, with many keys in parallel too.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::sync::{Mutex, PoisonError};

use examples::contest::say;
use examples::naive::Naive;
use examples::{Args, Corpus, contest, machine, show, words};
use pool_runtime::pooled;
use rayon::prelude::*;

type Counts<'a> = HashMap<&'a str, u64>;

fn sequential<'a>(words: &[&'a str]) -> Counts<'a> {
    let mut counts = HashMap::new();
    for word in words {
        *counts.entry(*word).or_insert(0) += 1;
    }
    counts
}

#[pooled]
fn pooled_count<'a>(words: &[&'a str]) -> Counts<'a> {
    let mut counts = HashMap::new();
    for word in words {
        *counts.entry(*word).or_insert(0) += 1;
    }
    counts
}

/// The keys are pairs of words: so many that the merge itself is worth sharing.
#[pooled(shards = 32)]
fn pooled_pairs<'a>(words: &[&'a str]) -> HashMap<(&'a str, &'a str), u64> {
    let mut counts = HashMap::new();
    for pair in words.windows(2) {
        *counts.entry((pair[0], pair[1])).or_insert(0) += 1;
    }
    counts
}

fn sequential_pairs<'a>(words: &[&'a str]) -> HashMap<(&'a str, &'a str), u64> {
    let mut counts = HashMap::new();
    for pair in words.windows(2) {
        *counts.entry((pair[0], pair[1])).or_insert(0) += 1;
    }
    counts
}

/// The usual pool: one task per word, one lock.
fn one_lock<'a>(pool: &Naive, words: &[&'a str]) -> Counts<'a> {
    let counts = Mutex::new(HashMap::new());
    pool.scope(|scope| {
        for word in words {
            let counts = &counts;
            scope.spawn(move |_| {
                *counts.lock().unwrap_or_else(PoisonError::into_inner).entry(*word).or_insert(0) +=
                    1;
            });
        }
    });
    counts.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// The usual cure: the key's hash picks one of 32 locked maps.
fn sharded_locks<'a>(pool: &Naive, words: &[&'a str]) -> Counts<'a> {
    let shards: Vec<_> = (0..32).map(|_| Mutex::new(HashMap::new())).collect();
    let hasher = RandomState::new();
    pool.scope(|scope| {
        for word in words {
            let shard = &shards[(hasher.hash_one(word) % 32) as usize];
            scope.spawn(move |_| {
                *shard.lock().unwrap_or_else(PoisonError::into_inner).entry(*word).or_insert(0) +=
                    1;
            });
        }
    });
    shards
        .into_iter()
        .flat_map(|s| s.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect()
}

/// What an expert writes: a map per chunk, merged pairwise.
fn by_hand<'a>(words: &[&'a str]) -> Counts<'a> {
    let chunk = words.len().div_ceil(rayon::current_num_threads() * 2).max(1);
    words.par_chunks(chunk).map(sequential).reduce(HashMap::new, |mut a, mut b| {
        if a.len() < b.len() {
            std::mem::swap(&mut a, &mut b);
        }
        for (word, n) in b {
            *a.entry(word).or_insert(0) += n;
        }
        a
    })
}

fn main() -> io::Result<()> {
    let args = Args::read();
    let corpus = Corpus::find(args.path.as_deref(), args.scaled(16 << 20) as u64)?;
    say(&format!("reading {}", corpus.about()));
    let texts = corpus.texts()?;
    let words: Vec<&str> = texts.iter().flat_map(|text| words(text)).collect();
    machine();

    let pool = Naive::new(4);
    let (counts, mut timings) = contest(
        args.runs(),
        &mut [
            ("sequential loop", &mut || sequential(&words)),
            ("naive pool, one lock", &mut || one_lock(&pool, &words)),
            ("naive pool, 32 locked shards", &mut || sharded_locks(&pool, &words)),
            ("rayon, a map per chunk", &mut || by_hand(&words)),
            ("#[pooled] loop", &mut || pooled_count(&words)),
        ],
    );
    for (timing, locks) in timings.iter_mut().zip([0, words.len(), words.len(), 0, 0]) {
        timing.figure = locks.to_string();
    }
    show(&format!("{} words, {} different", words.len(), counts.len()), "locks taken", &timings);

    let (pairs, timings) = contest(
        args.runs(),
        &mut [
            ("sequential loop", &mut || sequential_pairs(&words)),
            ("#[pooled(shards = 32)] loop", &mut || pooled_pairs(&words)),
        ],
    );
    show(&format!("{} different pairs of words", pairs.len()), "", &timings);
    say("every version returned the same counts in every run");
    Ok(())
}
