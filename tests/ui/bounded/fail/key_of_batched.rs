use pool_runtime::bounded;

#[bounded(linger = "5ms")]
fn work(items: &[u64]) {
    for item in items {
        std::hint::black_box(item);
    }
}

fn main() {}
