use std::borrow::Cow;

use pool_runtime::{Task, pooled};

#[pooled]
fn length(text: Cow<'_, str>) -> Task<usize> {
    text.len()
}

fn main() {}
