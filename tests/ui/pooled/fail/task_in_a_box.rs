use pool_runtime::{Task, pooled};

#[pooled]
fn count(n: u64) -> Box<Task<u64>> {
    n
}

fn main() {}
