use pool_runtime::pooled;

#[pooled]
fn odd(values: &[u64]) -> u64 {
    let mut last = 0;
    let mut product = 1.0;
    let mut sum = 0;
    for value in values {
        last = sum;
        product /= *value as f64;
        sum += value;
        get(*value).await;
    }
    last + product as u64
}

async fn get(_: u64) {}

fn main() {}
