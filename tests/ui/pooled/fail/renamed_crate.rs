extern crate pool_runtime as runtime;

use runtime::pooled;

#[pooled(crate = runtime, chunk = 0)]
fn sum(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}

fn main() {}
