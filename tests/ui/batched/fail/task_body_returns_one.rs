use pool_runtime::{Task, batched};

#[batched(size = 100)]
fn insert(events: Vec<u64>) -> Task<u64> {
    events.len() as u64
}

fn main() {}
