use pool_runtime::pooled;

#[pooled]
fn lengths(lines: &[String]) -> Vec<usize> {
    let mut lengths = Vec::new();
    let mut buffer = String::new();
    for line in lines {
        buffer.clear();
        buffer.push_str(line);
        buffer.push('!');
        lengths.push(buffer.len());
    }
    lengths
}

fn main() {}
