use pool_runtime::{bounded};

#[bounded(queue = 5)]
fn record(n: u64) -> bool {
    n > 3
}

fn main() {}
