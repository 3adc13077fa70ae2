use std::sync::mpsc::Receiver;

use pool_runtime::pooled;

#[pooled]
fn pair(values: &[u64], other: Receiver<u64>) -> u64 {
    let mut sum = 0;
    for value in values {
        sum += value * other.recv().unwrap_or(1);
    }
    sum
}

fn main() {}
