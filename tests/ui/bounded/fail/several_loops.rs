use pool_runtime::bounded;

#[bounded(queue = 5)]
fn twice(items: std::sync::mpsc::Receiver<u64>) {
    while let Ok(item) = items.recv() {
        std::hint::black_box(item);
    }
    for item in items {
        std::hint::black_box(item);
    }
}

fn main() {}
