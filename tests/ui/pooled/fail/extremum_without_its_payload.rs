use pool_runtime::pooled;

#[pooled]
fn best(values: &[u64]) -> (u64, usize) {
    let mut best = 0;
    let mut at = 0;
    for (i, value) in values.iter().enumerate() {
        if *value > best {
            best = *value;
        }
        if *value == best {
            at = i;
        }
    }
    (best, at)
}

fn main() {}
