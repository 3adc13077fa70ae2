use pool_runtime::{bounded, pooled};

#[pooled(workers = 2)]
#[bounded(queue = 8, workers = 4)]
fn sum(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}

fn main() {}
