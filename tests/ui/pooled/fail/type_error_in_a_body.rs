use pool_runtime::pooled;

#[pooled]
fn total(values: &[u64]) -> u64 {
    let mut sum = 0;
    for value in values {
        let name: String = value;
        sum += name.len() as u64;
    }
    sum
}

fn main() {}
