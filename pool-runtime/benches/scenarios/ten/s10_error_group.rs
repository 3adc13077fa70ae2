//! A million lines, the 300,000th of which is wrong: its error, and no work for those behind it.

use pool_runtime::pooled;
use rayon::prelude::*;

use crate::measure::first_error::first_error;
use crate::measure::{Goal, Measure, Role, kept, mix};

const ITEMS: usize = 1_000_000;
const BAD: usize = 300_000;

/// A line stands for its noise: what is checked is as dear as a short `parse`.
fn check(i: usize, item: u64) -> Result<u64, usize> {
    let mixed = mix(mix(item));
    if item == u64::MAX { Err(i) } else { Ok(mixed >> 40) }
}

fn sequential(items: &[u64]) -> Result<u64, usize> {
    let mut sum = 0;
    for (i, &item) in items.iter().enumerate() {
        sum += check(i, item)?;
    }
    Ok(sum)
}

#[pooled]
fn annotated(items: &[u64]) -> Result<u64, usize> {
    let mut sum = 0;
    for (i, &item) in items.iter().enumerate() {
        sum += check(i, item)?;
    }
    Ok(sum)
}

fn by_hand(items: &[u64]) -> Result<u64, usize> {
    first_error(items, check)
}

/// Any error: rayon does not say which one it will be, so there is only one here.
fn rayon(items: &[u64]) -> Result<u64, usize> {
    items.par_iter().enumerate().map(|(i, &item)| check(i, item)).sum()
}

pub(crate) fn measure() -> Measure {
    let item = |i: usize| if i == BAD { u64::MAX } else { i as u64 };
    let items: &[u64] = kept((0..ITEMS).map(item).collect::<Vec<_>>());
    Measure::new("10 error group: the 300,000th of 1M is wrong", BAD as u64)
        .repeat(4)
        .goal(Goal::Beside(Role::Hand, 0.95))
        .version(Role::Sequential, "sequential", || sequential(items))
        .version(Role::Hand, "chunks in order", || by_hand(items))
        .version(Role::Rayon, "rayon, sum of results", || rayon(items))
        .version(Role::Annotated, "pooled", || annotated(items))
}
