use pool_runtime::batched;

#[batched(queue = 100)]
fn work(items: &[u64]) {
    for batch in items {
        std::hint::black_box(batch);
    }
}

fn main() {}
