use pool_runtime::pooled;

#[pooled]
fn both(values: &[u32]) -> [u32; 2] {
    let mut t = [0; 2];
    for &x in values {
        t[0] += x;
        t[1] ^= x;
    }
    t
}

fn main() {
    both(&[]);
}
