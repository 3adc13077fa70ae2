use pool_runtime::{bounded, pooled};

#[pooled(explain = true)]
fn sum(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}

#[bounded(queue = 8, explain(source))]
fn product(n: u64) -> u64 {
    let mut product = 1;
    for i in 0..n {
        product *= i;
    }
    product
}

fn main() {
    sum(1);
    product(1);
}
