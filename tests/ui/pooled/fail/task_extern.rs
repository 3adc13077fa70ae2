use pool_runtime::{Task, pooled};

#[pooled]
pub extern "C" fn count(n: u64) -> Task<u64> {
    n
}

fn main() {}
