use std::collections::{BTreeMap, HashMap};

use pool_runtime::pooled;

#[pooled]
fn stats(seen: &[(u32, u32, i64)]) -> HashMap<u32, BTreeMap<u32, (i64, u64)>> {
    let mut stats: HashMap<u32, BTreeMap<u32, (i64, u64)>> = HashMap::new();
    for &(who, what, value) in seen {
        let (most, count) = stats.entry(who).or_default().entry(what).or_default();
        *most = (*most).max(value);
        *count += 1;
    }
    stats
}

fn main() {}
