use pool_runtime::{Task, pooled};

#[pooled(chunk = 4, workers = 0)]
fn find(text: &str, at: Option<&mut u64>) -> Task<&str> {
    let found: &str = text.get(0..1)?;
    found
}

fn main() {}
