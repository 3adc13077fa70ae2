use pool_runtime::{Task, pooled};

#[pooled]
fn length(text: String) -> Task<usize> {
    text.lenght()
}

fn main() {}
