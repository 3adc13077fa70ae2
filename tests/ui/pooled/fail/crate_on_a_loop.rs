use pool_runtime::pooled;

#[pooled]
fn sum(n: u64) -> u64 {
    let mut sum = 0;
    #[pooled(crate = pool_runtime)]
    for i in 0..n {
        sum += i;
    }
    sum
}

fn main() {}
