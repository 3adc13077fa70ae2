use pool_runtime::bounded;

#[bounded(on_full = "run", on_full = "block")]
fn work(items: impl Iterator<Item = u64>) -> u64 {
    let mut sum = 0;
    for item in items {
        sum += item;
    }
    sum
}

fn main() {}
