//! The queue from a parameter.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::bounded;

#[bounded(queue = limit * 2, workers = limit)]
fn work(items: impl Iterator<Item = u64>, limit: usize) -> u64 {
    let mut sum = 0;
    for item in items {
        sum += item;
    }
    sum
}

fn main() {
    assert_eq!(work(0..100, 3), 4950);
}
