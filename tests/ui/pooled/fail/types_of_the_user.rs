use pool_runtime::pooled;

#[pooled]
fn total(values: &[u64]) -> u64 {
    let mut total = 0;
    for value in values {
        total += value.frobnicated();
    }
    total
}

fn main() {}
