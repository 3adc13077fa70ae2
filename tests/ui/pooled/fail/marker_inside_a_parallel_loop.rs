use pool_runtime::pooled;

#[pooled]
fn grid(n: u64) -> u64 {
    let mut sum = 0;
    #[pooled]
    for i in 0..n {
        #[pooled]
        for j in 0..n {
            sum += i * j;
        }
    }
    sum
}

fn main() {}
