use pool_runtime::{Task, batched};

#[batched(size = 100)]
fn insert(events: Vec<u64>) -> Task<Result<u64, std::io::Error>> {
    Ok(events)
}

fn main() {}
