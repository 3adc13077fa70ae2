use pool_runtime::{Task, pooled};

#[pooled]
fn add(values: &mut Vec<u64>) -> Task<()> {
    values.push(1);
}

fn main() {}
