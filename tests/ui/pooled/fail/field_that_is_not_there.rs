use std::collections::HashMap;

use pool_runtime::pooled;

#[derive(Default)]
struct Stats {
    count: u64,
}

#[pooled]
fn stats(values: &[i64]) -> HashMap<i64, Stats> {
    let mut stats: HashMap<i64, Stats> = HashMap::new();
    for &x in values {
        stats.entry(x % 10).or_default().cuont += 1;
    }
    stats
}

fn main() {
    stats(&[]);
}
