//! A full queue is an error.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::{Full, bounded};

#[bounded(queue = 1_000, on_full = "error")]
fn work(items: impl Iterator<Item = u64>) -> Result<u64, Full> {
    let mut sum = 0;
    for item in items {
        sum += item;
    }
    Ok(sum)
}

fn main() {
    assert!(work(0..100).is_ok_and(|sum| sum == 4950));
}
