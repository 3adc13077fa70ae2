use pool_runtime::bounded;

#[bounded(queue = 5, queue = 6)]
fn work(items: impl Iterator<Item = u64>) -> u64 {
    let mut sum = 0;
    for item in items {
        sum += item;
    }
    sum
}

fn main() {}
