use pool_runtime::{Task, batched};

#[batched(size = 100)]
fn insert(events: Vec<u64>) -> Task<Result<u64, String>> {
    let total: Result<u64, String> = events.iter().try_fold(0, |a, b| Ok(a + b));
    total
}

fn main() {}
