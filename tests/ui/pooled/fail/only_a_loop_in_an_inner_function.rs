use pool_runtime::pooled;

#[pooled]
fn outer(n: u64) -> u64 {
    fn sum(n: u64) -> u64 {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
        }
        sum
    }
    sum(n)
}

fn main() {}
