//! Numbers that are left to the machine.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::bounded;

#[bounded(queue = "auto", workers = "auto")]
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
