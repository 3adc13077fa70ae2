use pool_runtime::pooled;

#[pooled]
fn running(values: &[u64]) -> Vec<u64> {
    let mut sum = 0;
    let mut sums = Vec::new();
    for value in values {
        sum += *value;
        sums.push(sum);
    }
    sums
}

fn main() {}
