use std::collections::HashMap;

use pool_runtime::pooled;

#[pooled]
fn longest(words: &[String]) -> HashMap<u8, (usize, String)> {
    let mut longest: HashMap<u8, (usize, String)> = HashMap::new();
    for word in words {
        let best = longest.entry(word.as_bytes()[0]).or_default();
        if word.len() >= best.0 {
            *best = (word.len(), word.clone());
        }
    }
    longest
}

fn main() {
    longest(&[]);
}
