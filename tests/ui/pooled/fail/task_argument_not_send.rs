use std::rc::Rc;

use pool_runtime::{Task, pooled};

#[pooled]
fn count(names: Vec<Rc<str>>, n: usize) -> Task<usize> {
    names.len() + n
}

fn main() {}
