use pool_runtime::{Task, pooled};

#[pooled]
fn count(n: u64, #[cfg(unix)] more: u64) -> Task<u64> {
    n
}

fn main() {}
