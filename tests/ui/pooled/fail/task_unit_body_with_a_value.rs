use pool_runtime::{Task, pooled};

#[pooled]
fn count(n: u64) -> Task<()> {
    n
}

fn main() {}
