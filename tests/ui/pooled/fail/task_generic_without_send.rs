use pool_runtime::{Task, pooled};

#[pooled]
fn show<T: ToString>(value: T) -> Task<String> {
    value.to_string()
}

fn main() {}
