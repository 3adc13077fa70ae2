use pool_runtime::{Task, pooled};

#[pooled(workers = 2)]
fn square(n: u64) -> Task<u64> {
    n * n
}

#[pooled]
fn total(values: &[u64]) -> u64 {
    let mut sum = 0;
    for value in values {
        sum += square(*value).join().unwrap();
    }
    sum
}

fn main() {}
