use pool_runtime::pooled;

#[pooled(scratch(bufer))]
fn longest(values: &[u64]) -> usize {
    let mut buffer = String::new();
    let mut longest = 0;
    for value in values {
        buffer.clear();
        buffer.push_str(&value.to_string());
        longest = longest.max(buffer.len());
    }
    longest
}

fn main() {}
