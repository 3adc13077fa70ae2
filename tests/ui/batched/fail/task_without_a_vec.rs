use pool_runtime::{Task, batched};

#[batched(size = 100)]
fn insert(event: u64) -> Task<u64> {
    event
}

fn main() {}
