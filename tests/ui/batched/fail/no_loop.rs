use pool_runtime::batched;

#[batched(size = 100)]
fn work(items: &[u64]) -> usize {
    items.len()
}

fn main() {}
