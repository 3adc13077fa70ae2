#![deny(unused_variables)]

use pool_runtime::pooled;

#[pooled]
fn total(values: &[u64]) -> u64 {
    let mut sum = 0;
    for value in values {
        let twice = value * 2;
        sum += value;
    }
    sum
}

fn main() {}
