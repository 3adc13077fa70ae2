//! In a stack, by a path.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::batched;

#[pool_runtime::bounded(queue = 8)]
#[batched(size = 7)]
fn work(items: impl Iterator<Item = u64>) -> u64 {
    let mut sum = 0;
    for batch in items {
        sum += batch.into_iter().sum::<u64>();
    }
    sum
}

fn main() {
    assert_eq!(work(0..100), 4950);
}
