use pool_runtime::pooled;

#[pooled]
fn reverse(values: &mut [u64]) {
    for i in 0..values.len() / 2 {
        let other = values.len() - 1 - i;
        values.swap(i, other);
    }
}

fn main() {}
