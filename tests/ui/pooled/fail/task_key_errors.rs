use pool_runtime::{Task, pooled};

#[pooled(errors = "all")]
fn count(n: u64) -> Task<Result<u64, String>> {
    Ok(n)
}

fn main() {}
