use std::collections::HashMap;

use pool_runtime::pooled;

#[pooled]
fn highest(items: &[(u32, i64)]) -> HashMap<u32, i64> {
    let mut best = HashMap::new();
    for &(key, value) in items {
        if value % 2 == 0 {
            let so_far = best.entry(key).or_insert(0);
            *so_far = value.max(*so_far);
        } else {
            let so_far = best.entry(key).or_insert(10);
            *so_far = value.max(*so_far);
        }
    }
    best
}

fn main() {
    highest(&[]);
}
