use std::collections::HashMap;

use pool_runtime::batched;

#[batched(size = 100)]
fn total(prices: &HashMap<String, u64>) -> u64 {
    let mut sum = 0;
    for (name, price) in prices {
        sum += price + name.len() as u64;
    }
    sum
}

fn main() {}
