use pool_runtime::batched;

#[batched(size = 1e2)]
fn work(items: &[u64]) {
    for batch in items {
        std::hint::black_box(batch);
    }
}

fn main() {}
