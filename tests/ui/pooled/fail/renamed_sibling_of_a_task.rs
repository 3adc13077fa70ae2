use pool_runtime::bounded as limited;
use pool_runtime::{Task, pooled};

#[pooled(workers = 2)]
#[limited(queue = 8)]
fn square(n: u64) -> Task<u64> {
    n * n
}

fn main() {}
