use pool_runtime::bounded;

#[bounded(queue = label)]
fn work(items: impl Iterator<Item = u64>, label: &str) -> u64 {
    let mut sum = 0;
    for item in items {
        sum += item;
    }
    sum + label.len() as u64
}

fn main() {}
