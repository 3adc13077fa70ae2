use pool_runtime::{Task, pooled};

#[pooled(reduce(n: +))]
fn count(n: u64) -> Task<u64> {
    n
}

fn main() {}
