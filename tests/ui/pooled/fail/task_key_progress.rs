use pool_runtime::{Task, pooled};

#[pooled(progress = "counting")]
fn count(n: u64) -> Task<u64> {
    n
}

fn main() {}
