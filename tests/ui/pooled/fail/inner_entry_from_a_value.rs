use std::collections::HashMap;

use pool_runtime::pooled;

#[pooled]
fn count(seen: &[(u32, u32)]) -> HashMap<u32, HashMap<u32, u64>> {
    let mut count = HashMap::new();
    for (who, what) in seen {
        *count.entry(*who).or_insert_with(HashMap::new).entry(*what).or_insert(100) += 1;
    }
    count
}

fn main() {}
