use pool_runtime::pooled;

#[pooled]
fn shift(out: &mut [u64]) {
    for i in 0..out.len() - 1 {
        out[i] = i as u64;
        out[i + 1] = 0;
    }
}

fn main() {}
