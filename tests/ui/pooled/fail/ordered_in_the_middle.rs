use pool_runtime::pooled;

#[pooled]
fn number(lines: &[String]) -> Vec<usize> {
    let mut all = Vec::new();
    let mut sum = 0;
    for line in lines {
        #[ordered]
        {
            all.push(line.len());
        }
        sum += line.len();
    }
    all.push(sum);
    all
}

fn main() {}
