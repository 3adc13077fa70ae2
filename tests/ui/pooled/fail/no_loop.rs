use pool_runtime::pooled;

#[pooled]
fn sum(n: u64) -> u64 {
    (0..n).sum()
}

fn main() {}
