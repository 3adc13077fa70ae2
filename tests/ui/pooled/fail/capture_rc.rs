use std::rc::Rc;

use pool_runtime::pooled;

#[pooled]
fn scale(values: &[u64]) -> u64 {
    let factor = Rc::new(3);
    let mut sum = 0;
    for value in values {
        sum += value * *factor;
    }
    sum
}

fn main() {}
