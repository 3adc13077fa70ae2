use pool_runtime::batched;

#[batched(size = 100)]
fn total(values: &[u64]) -> u64 {
    let mut sum = 0;
    for &value in values {
        sum += value;
    }
    sum
}

fn main() {}
