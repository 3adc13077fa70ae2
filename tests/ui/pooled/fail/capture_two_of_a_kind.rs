use std::{cell::Cell, rc::Rc};

use pool_runtime::pooled;

#[pooled]
fn both(values: &[u64], factor: Rc<u64>, seen: &Cell<u64>) -> u64 {
    let mut sum = 0;
    for value in values {
        sum += value * *factor;
        seen.set(*value);
    }
    sum
}

fn main() {}
