use pool_runtime::{Task, pooled};

#[pooled]
fn total(values: &[u64], scale: u64) -> Task<u64> {
    values.len() as u64 * scale
}

fn main() {}
