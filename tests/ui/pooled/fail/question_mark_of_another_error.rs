use pool_runtime::pooled;

#[pooled]
fn parse(lines: &[String]) -> Result<u64, std::fmt::Error> {
    let mut total = 0;
    for line in lines {
        total += line.parse::<u64>()?;
    }
    Ok(total)
}

fn main() {}
