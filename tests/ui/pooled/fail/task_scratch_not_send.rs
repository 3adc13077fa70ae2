use std::rc::Rc;

use pool_runtime::{Task, pooled};

#[pooled(scratch(shared = Rc::new(3)))]
fn count(n: u64) -> Task<u64> {
    n + **shared
}

fn main() {}
