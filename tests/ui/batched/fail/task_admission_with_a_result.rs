use pool_runtime::{Admission, batched};

#[batched(size = 8)]
fn insert(events: Vec<u64>) -> Admission {
    events.len()
}

fn main() {}
