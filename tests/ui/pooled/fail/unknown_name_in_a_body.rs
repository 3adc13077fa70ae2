use pool_runtime::pooled;

#[pooled]
fn total(values: &[u64]) -> u64 {
    let mut sum = 0;
    for value in values {
        sum += valeu * 2;
    }
    sum
}

fn main() {}
