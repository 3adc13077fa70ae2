use pool_runtime::{Admission, pooled};

#[pooled]
fn count(n: u64) -> Admission<u64> {
    std::hint::black_box(n);
}

fn main() {}
