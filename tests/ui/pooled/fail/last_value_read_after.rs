use pool_runtime::pooled;

#[pooled]
fn last(values: &[u64]) -> u64 {
    let mut last = 0;
    for value in values {
        last = *value;
    }
    last
}

fn main() {}
