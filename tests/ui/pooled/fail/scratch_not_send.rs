use std::rc::Rc;

use pool_runtime::pooled;

#[pooled(scratch(table = Rc::new(vec![0u64; 8])))]
fn total(values: &[u64]) -> u64 {
    let mut sum = 0;
    for value in values {
        sum += value + table[0];
    }
    sum
}

fn main() {}
