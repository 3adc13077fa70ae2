use pool_runtime::pooled;

#[pooled(errors = "all")]
fn touch(items: &[u64]) {
    for item in items {
        std::hint::black_box(item);
    }
}

fn main() {}
