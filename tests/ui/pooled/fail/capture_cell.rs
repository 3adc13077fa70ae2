use std::cell::Cell;

use pool_runtime::pooled;

#[pooled]
fn count(values: &[u64], seen: &Cell<u64>) -> u64 {
    let mut sum = 0;
    for value in values {
        seen.set(seen.get() + 1);
        sum += value;
    }
    sum
}

fn main() {}
