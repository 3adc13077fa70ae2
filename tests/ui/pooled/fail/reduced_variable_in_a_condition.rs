use pool_runtime::pooled;

#[pooled]
fn capped(values: &[u64]) -> u64 {
    let mut sum = 0;
    for value in values {
        if sum < 100 {
            sum += *value;
        }
    }
    sum
}

fn main() {}
