use pool_runtime::bounded;

#[bounded(quue = 5)]
fn work(items: &[u64]) {
    for item in items {
        std::hint::black_box(item);
    }
}

fn main() {}
