use pool_runtime::pooled;

#[pooled]
fn number(values: &[u64], out: &mut [u64]) {
    let mut at = 0;
    for value in values {
        out[at] = *value;
        at += 1;
    }
}

fn main() {}
