use pool_runtime::pooled;
use pool_runtime::pooled as parallel;

#[pooled]
fn total(values: &[u64]) -> u64 {
    let mut total = 0;
    for _ in 0..3 {
        #[parallel(chunk = 8)]
        for value in values {
            total += *value;
        }
    }
    total
}

fn main() {}
