use std::collections::HashSet;

use pool_runtime::pooled;

#[pooled]
fn distinct(values: &[u64]) -> usize {
    let mut seen = HashSet::new();
    let mut distinct = 0;
    for value in values {
        if seen.insert(*value) {
            distinct += 1;
        }
    }
    distinct
}

fn main() {}
