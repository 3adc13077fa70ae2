use pool_runtime::pooled;

#[pooled]
fn map(values: &[u64], change: &dyn Fn(u64) -> u64) -> Vec<u64> {
    let mut out = Vec::new();
    for value in values {
        out.push(change(*value));
    }
    out
}

fn main() {}
