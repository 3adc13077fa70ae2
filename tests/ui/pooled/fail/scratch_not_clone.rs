use pool_runtime::pooled;

struct Buffer(Vec<u8>);

#[pooled(scratch(buffer))]
fn total(values: &[u8]) -> usize {
    let mut buffer = Buffer(Vec::new());
    let mut sum = 0;
    for value in values {
        buffer.0.clear();
        buffer.0.push(*value);
        sum += buffer.0.len();
    }
    sum
}

fn main() {}
