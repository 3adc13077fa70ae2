use pool_runtime::pooled;

#[pooled(errors = "all")]
fn total(lines: &[String]) -> Result<u64, std::num::ParseIntError> {
    let mut sum = 0;
    for line in lines {
        sum += line.parse::<u64>()?;
    }
    Ok(sum)
}

fn main() {}
