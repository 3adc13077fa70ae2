//! Attributes under `cfg_attr`.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::{bounded, pooled};

#[cfg_attr(all(), pooled(workers = 2))]
#[cfg_attr(all(), bounded(queue = 8))]
fn on(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}

#[cfg_attr(any(), pooled(wrokers = "not looked at"))]
fn off(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}

fn main() {
    assert_eq!(on(100), off(100));
}
