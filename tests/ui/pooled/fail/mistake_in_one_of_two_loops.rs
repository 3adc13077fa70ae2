use pool_runtime::pooled;

#[pooled]
fn two(values: &[u64]) -> u64 {
    let mut sum = 0;
    #[pooled]
    for value in values {
        sum += value;
    }
    let mut last = 0;
    #[pooled]
    for value in values {
        last = last * 3 + value;
    }
    sum + last
}

fn main() {}
