use pool_runtime::{Task, pooled};

#[pooled]
fn length<'a>(text: impl AsRef<str> + 'a) -> Task<usize> {
    text.as_ref().len()
}

fn main() {}
