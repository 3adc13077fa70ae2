use std::cell::Cell;

use pool_runtime::pooled;

#[pooled]
fn total(values: &[Cell<u64>]) -> u64 {
    let mut sum = 0;
    for value in values.iter() {
        sum += value.get();
    }
    sum
}

fn main() {}
