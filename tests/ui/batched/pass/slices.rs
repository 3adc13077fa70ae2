//! Batches of a slice are subslices.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::batched;

#[batched(size = 7)]
fn work(items: &[u64]) -> u64 {
    let mut sum = 0;
    for batch in items {
        assert!(!batch.is_empty() && batch.len() <= 7);
        sum += batch.iter().sum::<u64>();
    }
    sum
}

fn main() {
    let items: Vec<u64> = (0..100).collect();
    assert_eq!(work(&items), 4950);
}
