use std::rc::Rc;

use pool_runtime::{Task, pooled};

#[pooled]
fn share(n: u64) -> Task<Rc<u64>> {
    Rc::new(n)
}

fn main() {}
