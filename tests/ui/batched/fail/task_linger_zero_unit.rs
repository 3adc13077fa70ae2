use pool_runtime::{Task, batched};

#[batched(size = 8, linger = "5 days")]
fn insert(events: Vec<u64>) -> Task<()> {
    drop(events);
}

fn main() {}
