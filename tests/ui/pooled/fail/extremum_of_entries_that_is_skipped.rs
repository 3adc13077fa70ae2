use std::collections::HashMap;

use pool_runtime::pooled;

#[pooled]
fn highest(items: &[(u32, i64)]) -> HashMap<u32, i64> {
    let mut best = HashMap::new();
    for &(key, value) in items {
        let so_far = best.entry(key).or_insert(value);
        if value < 0 {
            continue;
        }
        if value > *so_far {
            *so_far = value;
        }
    }
    best
}

fn main() {
    highest(&[]);
}
