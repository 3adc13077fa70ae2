use pool_runtime::bounded;

#[cfg_attr(not(any()), bounded(quue = 8))]
fn work(items: impl Iterator<Item = u64>) -> u64 {
    let mut sum = 0;
    for item in items {
        sum += item;
    }
    sum
}

fn main() {}
