use pool_runtime::{Task, pooled};

#[pooled]
fn count(n: u64) -> Task<u64> {
    let mut sum = 0;
    #[pooled]
    for i in 0..n {
        sum += i;
    }
    sum
}

fn main() {}
