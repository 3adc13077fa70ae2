use pool_runtime::pooled;

#[pooled]
fn any(values: &[u64]) -> bool {
    let mut found = false;
    for value in values {
        found = found || *value > 3;
    }
    found
}

fn main() {}
