use pool_runtime::{Task, pooled};

#[pooled(scratch(buffer = [0; 8].repeat(n)))]
fn count(n: usize) -> Task<usize> {
    buffer.len() + n
}

fn main() {}
