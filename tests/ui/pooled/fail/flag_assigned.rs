use pool_runtime::pooled;

#[pooled]
fn any(values: &[u64]) -> bool {
    let mut found = false;
    for value in values {
        if *value > 3 {
            found = true;
        }
    }
    found
}

fn main() {}
