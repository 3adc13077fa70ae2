use pool_runtime::{Task, pooled};

#[pooled]
fn count(n: u64) -> Task<u64> {
    n.to_string()
}

fn main() {}
