use pool_runtime::{Task, pooled};

#[pooled]
fn first(text: String) -> Task<&str> {
    "x"
}

fn main() {}
