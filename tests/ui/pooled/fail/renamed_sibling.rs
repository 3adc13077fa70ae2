use pool_runtime::bounded as limited;
use pool_runtime::pooled;

#[pooled(workers = 2)]
#[limited(queue = 8)]
fn sum(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}

fn main() {}
