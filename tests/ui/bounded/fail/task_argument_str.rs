use pool_runtime::{Admission, bounded};

#[bounded(queue = 5)]
fn record(text: &str) -> Admission {
    std::hint::black_box(text);
}

fn main() {}
