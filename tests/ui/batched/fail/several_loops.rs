use pool_runtime::batched;

#[batched(size = 8)]
fn work(items: &[u64]) -> usize {
    let mut sum = 0;
    for batch in items {
        sum += batch.len();
    }
    for batch in items {
        sum += batch.len();
    }
    sum
}

fn main() {}
