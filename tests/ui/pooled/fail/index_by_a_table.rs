use pool_runtime::pooled;

#[pooled]
fn scatter(out: &mut [u64], to: &[usize]) {
    for i in 0..to.len() {
        out[to[i]] = i as u64;
    }
}

fn main() {}
