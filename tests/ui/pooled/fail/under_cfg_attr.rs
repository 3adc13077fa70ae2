use pool_runtime::{bounded, pooled};

#[cfg_attr(all(), pooled(workers = 0))]
#[cfg_attr(all(), bounded(queue = 0))]
fn sum(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}

fn main() {}
