use pool_runtime::{Task, batched};

#[batched(size = 100)]
fn insert(table: String, events: Vec<u64>) -> Task<()> {
    std::hint::black_box((table, events));
}

fn main() {}
