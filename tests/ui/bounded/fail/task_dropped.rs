use pool_runtime::{Admission, bounded};

#[bounded(queue = 5, on_full = "drop", dropped = lost)]
fn record(n: u64) -> Admission {
    std::hint::black_box(n);
}

fn main() {}
