use pool_runtime::pooled;

#[pooled(timeout = "2 weeks")]
fn parse(lines: &[String]) -> Result<(), std::num::ParseIntError> {
    for line in lines {
        line.parse::<u64>()?;
    }
    Ok(())
}

fn main() {}
