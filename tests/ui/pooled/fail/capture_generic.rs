use pool_runtime::pooled;

#[pooled]
fn label<T: std::fmt::Display>(values: &[u64], suffix: T) -> Vec<String> {
    let mut out = Vec::new();
    for value in values {
        out.push(format!("{value}{suffix}"));
    }
    out
}

fn main() {}
