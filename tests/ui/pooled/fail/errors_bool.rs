use pool_runtime::pooled;

#[pooled(errors = true)]
fn parse(lines: &[String]) -> Result<(), std::num::ParseIntError> {
    for line in lines {
        line.parse::<u64>()?;
    }
    Ok(())
}

fn main() {}
