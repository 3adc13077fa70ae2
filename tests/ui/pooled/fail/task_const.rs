use pool_runtime::{Task, pooled};

#[pooled]
const fn count(n: u64) -> Task<u64> {
    n
}

fn main() {}
