use pool_runtime::{Admission, pooled};

#[pooled]
fn count(n: u64) -> Admission {
    n + 1
}

fn main() {}
