use pool_runtime::{Task, pooled};

#[pooled]
fn show<T: ToString + Send>(value: T) -> Task<String> {
    value.to_string()
}

fn main() {}
