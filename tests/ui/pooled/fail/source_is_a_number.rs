use pool_runtime::pooled;

#[pooled]
fn total(n: u64) -> u64 {
    let mut sum = 0;
    for i in n {
        sum += i;
    }
    sum
}

fn main() {}
