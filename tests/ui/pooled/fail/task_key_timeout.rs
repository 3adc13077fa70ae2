use pool_runtime::{Task, pooled};

#[pooled(timeout = "1s")]
fn count(n: u64) -> Task<u64> {
    n
}

fn main() {}
