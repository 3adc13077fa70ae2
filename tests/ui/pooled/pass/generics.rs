//! Generic functions, const generics, `impl Trait` and `where` clauses.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::iter::Sum;
use std::ops::AddAssign;

use pool_runtime::pooled;

#[pooled]
fn sum<'a, T, const N: usize>(values: &'a [T; N]) -> T
where
    T: Copy + AddAssign + Sum + Default + Send + Sync + 'a,
{
    let mut sum = T::default();
    for value in values {
        sum += *value;
    }
    sum
}

#[pooled]
fn count(items: impl Iterator<Item = String> + Send) -> usize {
    let mut count = 0;
    for item in items {
        count += item.len();
    }
    count
}

#[pooled]
fn evens(n: u64) -> impl Iterator<Item = u64> {
    let mut evens = Vec::new();
    for i in 0..n {
        if i % 2 == 0 {
            evens.push(i);
        }
    }
    evens.into_iter()
}

fn main() {
    assert_eq!(sum(&[1_u64, 2, 3]), 6);
    assert_eq!(count(["a", "bc"].iter().map(ToString::to_string)), 3);
    assert_eq!(evens(7).collect::<Vec<_>>(), [0, 2, 4, 6]);
}
