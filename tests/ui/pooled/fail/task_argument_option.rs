use pool_runtime::{Task, pooled};

#[pooled]
fn length(text: Option<&str>) -> Task<usize> {
    text.map_or(0, str::len)
}

fn main() {}
