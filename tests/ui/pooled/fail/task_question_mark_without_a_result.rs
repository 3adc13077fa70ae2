use pool_runtime::{Task, pooled};

#[pooled]
fn count(text: String) -> Task<u64> {
    text.parse::<u64>()?
}

fn main() {}
