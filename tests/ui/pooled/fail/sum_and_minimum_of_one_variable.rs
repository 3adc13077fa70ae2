use pool_runtime::pooled;

#[pooled]
fn mix(values: &[u64]) -> u64 {
    let mut x = 1;
    for value in values {
        x += *value;
        x = x.min(100);
    }
    x
}

fn main() {}
