use pool_runtime::{bounded, pooled};

#[pooled(chunk = 100)]
#[bounded(queue = 500)]
fn total(values: Vec<u64>) -> u64 {
    let mut total = 0;
    for value in values {
        total += value;
    }
    total
}

fn main() {}
