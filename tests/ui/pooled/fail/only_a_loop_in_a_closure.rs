use pool_runtime::pooled;

#[pooled]
fn sum(n: u64) -> u64 {
    let add = || {
        let mut sum = 0;
        for i in 0..n {
            sum += i;
        }
        sum
    };
    add()
}

fn main() {}
