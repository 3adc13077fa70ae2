use pool_runtime::pooled;

#[pooled]
fn map<F: Fn(u64) -> u64>(values: &[u64], change: F) -> Vec<u64> {
    let mut out = Vec::new();
    for value in values {
        out.push(change(*value));
    }
    out
}

fn main() {}
