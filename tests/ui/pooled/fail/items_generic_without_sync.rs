use pool_runtime::pooled;

#[pooled]
fn show<T: std::fmt::Display>(values: &[T]) -> Vec<String> {
    let mut out = Vec::new();
    for value in values {
        out.push(value.to_string());
    }
    out
}

fn main() {}
