use pool_runtime::pooled;

#[pooled(workers = values, chunk = 3 * "x".len() as u64)]
fn total(values: &[u64]) -> u64 {
    let mut total = 0;
    for value in values {
        total += *value;
    }
    total
}

fn main() {}
