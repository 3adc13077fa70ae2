use pool_runtime::pooled;

#[pooled]
fn prefix(values: &mut [u64]) {
    for i in 1..values.len() {
        values[i] += values[i - 1];
    }
}

fn main() {}
