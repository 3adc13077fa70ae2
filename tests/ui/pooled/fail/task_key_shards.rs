use pool_runtime::{Task, pooled};

#[pooled(shards = 4)]
fn count(n: u64) -> Task<u64> {
    n
}

fn main() {}
