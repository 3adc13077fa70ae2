use pool_runtime::{Task, pooled};

#[pooled]
fn count(n: u64) -> Result<Task<u64>, String> {
    Ok(n)
}

fn main() {}
