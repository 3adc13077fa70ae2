use pool_runtime::{Task, pooled};

#[pooled]
fn square(n: u64) -> Task<u64> {
    n * n
}

fn main() {
    let total: u64 = square(3) + 1;
    let _ = total;
}
