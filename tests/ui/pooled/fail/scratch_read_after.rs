use pool_runtime::pooled;

#[pooled(scratch(words))]
fn longest(lines: &[String]) -> usize {
    let mut words = Vec::new();
    let mut most = 0;
    for line in lines {
        words.clear();
        words.extend(line.split_whitespace().map(str::len));
        most = most.max(words.len());
    }
    most + words.len()
}

fn main() {}
