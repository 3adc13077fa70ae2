use pool_runtime::pooled;

#[pooled(timeout = "1s")]
fn sum(lines: &[&str]) -> Result<u64, std::num::ParseIntError> {
    let mut sum = 0;
    for line in lines {
        sum += line.parse::<u64>()?;
    }
    Ok(sum)
}

fn main() {}
