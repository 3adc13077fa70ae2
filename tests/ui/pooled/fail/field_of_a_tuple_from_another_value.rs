use std::collections::HashMap;

use pool_runtime::pooled;

#[pooled]
fn stats(seen: &[(u32, i64, i64)]) -> HashMap<u32, (i64, u64)> {
    let mut stats = HashMap::new();
    for &(key, first, value) in seen {
        let (most, count) = stats.entry(key).or_insert((first, 0));
        *most = (*most).max(value);
        *count += 1;
    }
    stats
}

fn main() {}
