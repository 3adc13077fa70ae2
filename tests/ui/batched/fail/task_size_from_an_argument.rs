use pool_runtime::{Task, batched};

#[batched(size = events.len())]
fn insert(events: Vec<u64>) -> Task<()> {
    drop(events);
}

fn main() {}
