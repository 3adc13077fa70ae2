use pool_runtime::pooled;

#[pooled]
fn find(values: &[u64]) -> u64 {
    for value in values {
        if *value > 3 {
            break *value;
        }
    }
    0
}

fn main() {}
