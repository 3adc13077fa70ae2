//! Everything by the prelude.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::prelude::*;

#[pooled]
#[bounded(queue = 4)]
fn sum(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}

fn main() {
    assert_eq!(sum(100), 4_950);
}
