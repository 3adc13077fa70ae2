use std::rc::Rc;

use pool_runtime::pooled;

#[pooled]
fn total(values: Vec<Rc<u64>>) -> u64 {
    let mut sum = 0;
    for value in values {
        sum += *value;
    }
    sum
}

fn main() {}
