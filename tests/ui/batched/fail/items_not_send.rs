use std::rc::Rc;

use pool_runtime::batched;

#[batched(size = 8, linger = "5ms")]
fn work(items: Vec<Rc<u64>>) -> usize {
    let mut sum = 0;
    for batch in items {
        sum += batch.len();
    }
    sum
}

fn main() {}
