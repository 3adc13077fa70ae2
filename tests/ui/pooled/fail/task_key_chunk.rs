use pool_runtime::{Task, pooled};

#[pooled(chunk = 100)]
fn count(n: u64) -> Task<u64> {
    n
}

fn main() {}
