use pool_runtime::pooled;

#[pooled(timeout = "1s")]
fn sum(n: u64) -> Result<u64, std::fmt::Error> {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    Ok(sum)
}

fn main() {}
