use pool_runtime::{Task, pooled};

#[pooled]
fn length(text: &str) -> Task<usize> {
    text.len()
}

fn main() {}
