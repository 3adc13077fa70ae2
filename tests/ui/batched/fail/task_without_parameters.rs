use pool_runtime::{Task, batched};

#[batched(size = 100)]
fn insert() -> Task<()> {
    
}

fn main() {}
