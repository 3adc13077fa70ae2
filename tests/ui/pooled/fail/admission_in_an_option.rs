use pool_runtime::{Admission, pooled};

#[pooled]
fn count(n: u64) -> Option<Admission> {
    n
}

fn main() {}
