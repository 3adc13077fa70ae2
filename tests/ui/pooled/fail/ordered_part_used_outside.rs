use pool_runtime::pooled;

#[pooled]
fn number(lines: &[String]) -> usize {
    let mut at = 0;
    for line in lines {
        if line.len() > at {
            continue;
        }
        #[ordered]
        {
            at = line.len();
        }
    }
    at
}

fn main() {}
