use pool_runtime::bounded;

#[bounded(queue = 5, on_full = "error")]
fn work(items: impl Iterator<Item = u64>) -> Result<u64, std::fmt::Error> {
    let mut sum = 0;
    for item in items {
        sum += item;
    }
    Ok(sum)
}

fn main() {}
