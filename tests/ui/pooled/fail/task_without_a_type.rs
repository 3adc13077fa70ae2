use pool_runtime::{Task, pooled};

#[pooled]
fn count(n: u64) -> Task {
    std::hint::black_box(n);
}

fn main() {}
