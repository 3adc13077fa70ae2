use pool_runtime::pooled;

#[pooled]
fn total(lines: &[String]) -> u64 {
    let mut sum = 0;
    for line in lines {
        sum += line.parse::<u64>()?;
    }
    sum
}

fn main() {}
