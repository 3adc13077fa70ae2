//! Stacks, in any order and by any path, leave no import unused.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::{bounded, pooled};

#[pooled(workers = 2)]
#[bounded(queue = 8)]
fn one(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}

#[pool_runtime::bounded(queue = 8)]
/// Documentation between attributes.
#[allow(clippy::let_and_return)]
#[pool_runtime::pooled(workers = 2)]
fn two(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}


fn main() {
    assert_eq!(one(100), 4_950);
    assert_eq!(two(100), 4_950);
}
