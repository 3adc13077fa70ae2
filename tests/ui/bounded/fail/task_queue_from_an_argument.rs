use pool_runtime::{Task, bounded};

#[bounded(queue = n * 2)]
fn record(n: usize) -> Task<usize> {
    n
}

fn main() {}
