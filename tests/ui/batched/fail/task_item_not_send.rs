use std::rc::Rc;

use pool_runtime::{Task, batched};

#[batched(size = 100)]
fn insert(events: Vec<Rc<u64>>) -> Task<()> {
    std::hint::black_box(events);
}

fn main() {}
