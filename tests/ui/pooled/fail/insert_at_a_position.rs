use pool_runtime::pooled;

#[pooled]
fn reversed(items: &[u32]) -> Vec<u32> {
    let mut out = Vec::new();
    for item in items {
        out.insert(0, *item);
    }
    out
}

fn main() {
    reversed(&[1, 2, 3]);
}
