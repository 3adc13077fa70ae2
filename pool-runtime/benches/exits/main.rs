//! Loops that are left: `cargo bench -p pool-runtime --bench exits`.
//!
//! A million items, and what leaving costs: an error at the 300,000th, many errors from there on
//! (the first one must be the one that is returned), a `break`, a search, and the same loop with
//! nothing to leave it for. Compare within one run only.

#![allow(missing_docs, reason = "a benchmark has no readers of its documentation")]

#[path = "../measure/drive.rs"]
mod drive;
#[path = "../measure/mod.rs"]
mod measure;

use criterion::{Criterion, criterion_group, criterion_main};
use measure::first_error::first_error;
use measure::{Measure, Role, kept, mix};
use pool_runtime::{Errors, pooled};
use rayon::prelude::*;

const LEN: usize = 1_000_000;
const BAD: usize = 300_000;

/// An item above this is bad.
const LIMIT: u64 = 1 << 60;

fn check(i: usize, item: u64) -> Result<u64, usize> {
    let mixed = mix(mix(item));
    if item > LIMIT { Err(i) } else { Ok(mixed >> 40) }
}

fn by_hand(items: &[u64]) -> Result<u64, usize> {
    first_error(items, check)
}

/// The error with the lowest position: rayon returns any, so each is compared.
fn rayon(items: &[u64]) -> Result<u64, usize> {
    let checked = items.par_iter().enumerate().map(|(i, &item)| check(i, item));
    checked.reduce(
        || Ok(0),
        |a, b| match (a, b) {
            (Ok(a), Ok(b)) => Ok(a + b),
            (Err(a), Err(b)) => Err(a.min(b)),
            (Err(at), _) | (_, Err(at)) => Err(at),
        },
    )
}

fn any_of_rayon(items: &[u64]) -> Result<u64, usize> {
    items.par_iter().enumerate().map(|(i, &item)| check(i, item)).sum()
}

macro_rules! question_mark {
    ($($(#[$plan:meta])* $name:ident -> $result:ty;)*) => {$(
        $(#[$plan])*
        fn $name(items: &[u64]) -> $result {
            let mut sum = 0;
            for (i, &item) in items.iter().enumerate() {
                sum += check(i, item)?;
            }
            Ok(sum)
        }
    )*};
}

question_mark! {
    sequential -> Result<u64, usize>;
    #[pooled] annotated -> Result<u64, usize>;
    #[pooled(errors = "any")] any_error -> Result<u64, usize>;
    #[pooled(errors = "all")] all_errors -> Result<u64, Errors<usize>>;
}

macro_rules! leaving {
    ($($(#[$plan:meta])* $broken:ident $found:ident;)*) => {$(
        $(#[$plan])*
        fn $broken(items: &[u64]) -> u64 {
            let mut sum = 0;
            for &item in items {
                if item > LIMIT {
                    break;
                }
                sum += mix(mix(item)) >> 40;
            }
            sum
        }

        $(#[$plan])*
        fn $found(items: &[u64]) -> Option<usize> {
            for (i, &item) in items.iter().enumerate() {
                if mix(item) > item && item > LIMIT {
                    return Some(i);
                }
            }
            None
        }
    )*};
}

leaving! {
    broken found;
    #[pooled] broken_annotated found_annotated;
}

fn errors(name: &str, items: &'static [u64], one: bool) -> Measure {
    let measure = Measure::new(name, LEN as u64)
        .version(Role::Sequential, "sequential", || sequential(items))
        .version(Role::Hand, "by hand", || by_hand(items))
        .version(Role::Rayon, "rayon, lowest", || rayon(items))
        .version(Role::Annotated, "pooled", || annotated(items));
    if !one {
        return measure;
    }
    // Only one error: whichever is returned, it is the same.
    measure
        .version(Role::Rayon, "rayon, any", || any_of_rayon(items))
        .version(Role::Annotated, "pooled, any", || any_error(items))
        .version(Role::Annotated, "pooled, all", || {
            all_errors(items).map_err(|errors| *errors.first().1)
        })
}

fn exits(criterion: &mut Criterion) {
    let items = |bad: fn(usize) -> bool| -> &'static [u64] {
        let item = |i: usize| if bad(i) { u64::MAX - 1 - (1 << 59) + i as u64 } else { i as u64 };
        kept((0..LEN).map(item).collect::<Vec<_>>())
    };
    let (none, one, many) = (items(|_| false), items(|i| i == BAD), items(|i| i >= BAD));
    let measures = vec![
        errors("error at 300,000", one, true),
        errors("errors from 300,000 on", many, false),
        errors("no error", none, true),
        Measure::new("break at 300,000", LEN as u64)
            .version(Role::Sequential, "sequential", || broken(one))
            .version(Role::Annotated, "pooled", || broken_annotated(one)),
        Measure::new("search, found at 300,000", LEN as u64)
            .version(Role::Sequential, "sequential", || found(many))
            .version(Role::Rayon, "rayon, find_first", || {
                let items = many.par_iter().enumerate();
                items.find_first(|&(_, &item)| mix(item) > item && item > LIMIT).map(|(i, _)| i)
            })
            .version(Role::Annotated, "pooled", || found_annotated(many)),
    ];
    drive::drive(criterion, "exits", measures);
}

criterion_group! { name = benches; config = drive::settings(); targets = exits }
criterion_main!(benches);
