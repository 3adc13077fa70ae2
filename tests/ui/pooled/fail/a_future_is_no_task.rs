use pool_runtime::{pooled};

#[pooled]
fn count(n: u64) -> impl Future<Output = u64> {
    std::future::ready(n)
}

fn main() {}
