use std::collections::HashMap;

use pool_runtime::pooled;

#[pooled]
fn first_time(words: &[String]) -> Vec<u64> {
    let mut seen = HashMap::new();
    let mut out = Vec::new();
    for word in words {
        let times = seen.entry(word.as_str()).or_insert(0);
        *times += 1;
        out.push(*times);
    }
    out
}

fn main() {}
