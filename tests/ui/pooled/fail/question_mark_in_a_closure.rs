use pool_runtime::pooled;

#[pooled]
fn total(lines: &[String]) -> Option<u64> {
    let sum = || {
        let mut sum = 0;
        #[pooled]
        for line in lines {
            sum += line.parse::<u64>().ok()?;
        }
        Some(sum)
    };
    sum()
}

fn main() {}
