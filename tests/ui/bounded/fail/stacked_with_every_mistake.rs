use pool_runtime::{batched, bounded, pooled};

#[bounded(queue = 0, on_full = "blok")]
#[batched(size = "many")]
#[pooled(chunk = -3)]
fn work(items: impl Iterator<Item = u64>) -> usize {
    let mut sum = 0;
    for batch in items {
        sum += batch.len();
    }
    sum
}

fn main() {}
