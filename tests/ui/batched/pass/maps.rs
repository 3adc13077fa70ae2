//! Batches of a map.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::collections::BTreeMap;

use pool_runtime::batched;

#[batched(size = 3)]
fn work(prices: &BTreeMap<u64, u64>) -> u64 {
    let mut sum = 0;
    for batch in prices {
        for (key, price) in batch {
            sum += key * price;
        }
    }
    sum
}

fn main() {
    let prices: BTreeMap<u64, u64> = (0..10).map(|key| (key, 2)).collect();
    assert_eq!(work(&prices), 90);
}
