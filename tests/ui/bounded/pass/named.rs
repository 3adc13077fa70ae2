//! A name for reports.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::bounded;

#[bounded(queue = 8, name = "totals")]
fn work(items: impl Iterator<Item = u64>) -> u64 {
    let mut sum = 0;
    for item in items {
        sum += item;
    }
    sum
}

fn main() {
    assert_eq!(work(0..100), 4950);
}
