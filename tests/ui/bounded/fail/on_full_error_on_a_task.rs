use pool_runtime::{Task, bounded};

#[bounded(workers = 1, queue = 1, on_full = "error")]
fn work(n: u64) -> Task<u64> {
    n
}

fn main() {
    let _ = work(1).join();
}
