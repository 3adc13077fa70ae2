use pool_runtime::bounded;

#[bounded(queue = 5, on_full = "drop", dropped = &mut lost)]
fn work(items: &[u64]) -> u64 {
    let mut lost = 0;
    for item in items {
        std::hint::black_box(item);
    }
    lost
}

fn main() {}
