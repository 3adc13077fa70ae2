use std::collections::HashMap;

use pool_runtime::pooled;

#[pooled]
fn count(seen: &[(u32, u32)], days: &mut HashMap<u32, HashMap<u32, Vec<u64>>>) {
    for (who, what) in seen {
        days.entry(*who).or_default().entry(*what).or_default()[3] += 1;
    }
}

fn main() {}
