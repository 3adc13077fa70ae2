use pool_runtime::pooled;

#[pooled]
fn distinct(values: &[u64]) -> Vec<u64> {
    let mut seen = Vec::new();
    for value in values {
        if !seen.contains(value) {
            seen.push(*value);
        }
    }
    seen
}

fn main() {}
