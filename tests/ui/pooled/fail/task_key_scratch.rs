use pool_runtime::{Task, pooled};

#[pooled(scratch(buffer))]
fn count(n: u64) -> Task<u64> {
    n
}

fn main() {}
