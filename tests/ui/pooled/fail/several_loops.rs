use pool_runtime::pooled;

#[pooled]
fn two(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    for i in 0..n {
        sum += i;
    }
    sum
}

fn main() {}
