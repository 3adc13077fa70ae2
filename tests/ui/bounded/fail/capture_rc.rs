use std::rc::Rc;

use pool_runtime::bounded;

#[bounded(queue = 5)]
fn work(items: impl Iterator<Item = u64>, factor: Rc<u64>) -> u64 {
    let mut sum = 0;
    for item in items {
        sum += item * *factor;
    }
    sum
}

fn main() {}
