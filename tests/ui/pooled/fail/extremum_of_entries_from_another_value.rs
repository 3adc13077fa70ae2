use std::collections::HashMap;

use pool_runtime::pooled;

#[pooled]
fn highest(items: &[(u32, i64, i64)]) -> HashMap<u32, i64> {
    let mut best = HashMap::new();
    for &(key, value, at_least) in items {
        let so_far = best.entry(key).or_insert(at_least);
        *so_far = value.max(*so_far);
    }
    best
}

fn main() {
    highest(&[]);
}
