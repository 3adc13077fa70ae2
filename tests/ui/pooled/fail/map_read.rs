use pool_runtime::pooled;

#[pooled]
fn first_time(words: &[String]) -> usize {
    let mut seen = std::collections::HashMap::new();
    let mut new = 0;
    for word in words {
        if !seen.contains_key(word) {
            new += 1;
        }
        seen.insert(word, 1);
    }
    new
}

fn main() {}
