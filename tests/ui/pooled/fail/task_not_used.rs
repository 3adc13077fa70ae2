use pool_runtime::{Task, pooled};

#[pooled]
fn count(n: u64) -> Task<u64> {
    n
}

#[deny(unused_must_use)]
fn main() {
    count(3);
}
