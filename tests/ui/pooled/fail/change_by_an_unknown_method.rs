use pool_runtime::pooled;

#[pooled]
fn shuffle(values: &[u64]) -> Vec<u64> {
    let mut kept = Vec::new();
    for value in values {
        kept.push(*value);
        kept.truncate(10);
    }
    kept
}

fn main() {}
