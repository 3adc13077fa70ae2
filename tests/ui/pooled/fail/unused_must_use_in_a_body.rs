#![deny(unused_must_use)]

use pool_runtime::pooled;

fn check(value: u64) -> Result<u64, String> {
    Ok(value)
}

#[pooled]
fn total(values: &[u64]) -> u64 {
    let mut sum = 0;
    for value in values {
        check(*value);
        sum += value;
    }
    sum
}

fn main() {}
