use pool_runtime::bounded;

#[bounded(queue = 5, on_full = "blok")]
fn work(items: &[u64]) {
    for item in items {
        std::hint::black_box(item);
    }
}

fn main() {}
