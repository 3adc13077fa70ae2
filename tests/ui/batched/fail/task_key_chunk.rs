use pool_runtime::{Task, batched};

#[batched(size = 100, chunk = 10)]
fn insert(events: Vec<u64>) -> Task<u64> {
    events
}

fn main() {}
