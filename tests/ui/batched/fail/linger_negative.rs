use pool_runtime::batched;

#[batched(size = 100, linger = "-5ms")]
fn work(items: &[u64]) {
    for batch in items {
        std::hint::black_box(batch);
    }
}

fn main() {}
