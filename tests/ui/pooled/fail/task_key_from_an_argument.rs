use pool_runtime::{Task, pooled};

#[pooled(workers = n)]
fn count(n: usize) -> Task<usize> {
    n
}

fn main() {}
