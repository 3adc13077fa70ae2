use std::borrow::Cow;

use pool_runtime::{Task, pooled};

#[pooled]
fn length<'a>(text: Cow<'a, str>) -> Task<usize> {
    text.len()
}

fn main() {}
