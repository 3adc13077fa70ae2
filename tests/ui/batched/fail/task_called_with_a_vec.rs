use pool_runtime::{Task, batched};

#[batched(size = 100)]
fn insert(events: Vec<u64>) -> Task<u64> {
    events
}

fn main() {
    let _ = insert(vec![1, 2, 3]).join();
}
