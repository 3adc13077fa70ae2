use pool_runtime::pooled;

#[pooled(pool = 8)]
fn total(values: &[u64]) -> u64 {
    let mut total = 0;
    for value in values {
        total += *value;
    }
    total
}

fn main() {}
