use std::collections::HashMap;

use pool_runtime::pooled;

#[derive(Default)]
struct Stats(i64, u64);

#[pooled]
fn stats(seen: &[(u32, i64)]) -> HashMap<u32, Stats> {
    let mut stats: HashMap<u32, Stats> = HashMap::new();
    for &(key, value) in seen {
        let stats = stats.entry(key).or_default();
        stats.0 = stats.0.max(value);
        stats.1 += 1;
    }
    stats
}

fn main() {}
