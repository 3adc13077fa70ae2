use pool_runtime::batched;

#[batched(size = 8)]
fn work(items: &[u64]) -> u64 {
    let mut hash = 7;
    for batch in items {
        hash = hash * 31 + batch.iter().sum::<u64>();
    }
    hash
}

fn main() {}
