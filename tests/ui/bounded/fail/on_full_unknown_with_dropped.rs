use pool_runtime::bounded;

#[bounded(queue = 5, on_full = "discard", dropped = lost)]
fn work(items: &[u64]) -> u64 {
    let mut lost = 0;
    for item in items {
        std::hint::black_box(item);
    }
    lost
}

#[bounded(queue = 5, onfull = "drop", dropped = lost)]
fn misspelt(items: &[u64]) -> u64 {
    let mut lost = 0;
    for item in items {
        std::hint::black_box(item);
    }
    lost
}

fn main() {}
