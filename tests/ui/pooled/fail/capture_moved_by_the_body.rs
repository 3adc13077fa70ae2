use pool_runtime::pooled;

#[pooled]
fn once(values: &[u64], name: String) -> u64 {
    let mut sum = 0;
    for value in values {
        drop(name);
        sum += value;
    }
    sum
}

fn main() {}
