use pool_runtime::pooled;

fn append(text: &mut String, value: u64) {
    text.push_str(&value.to_string());
}

#[pooled]
fn fill(values: &[u64]) -> String {
    let mut text = String::new();
    for value in values {
        append(&mut text, *value);
    }
    text
}

fn main() {}
