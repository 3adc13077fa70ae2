use pool_runtime::{bounded, pooled};

#[pooled(wrokers = 8, chunk = "10", name = 3)]
#[bounded(on_full = "drp", dropped = lost)]
async fn sum(n: u64) -> u64 {
    let mut sum = 0;
    #[pooled(chunk = 0)]
    for i in 0..n {
        sum += i;
    }
    #[bounded(queue = 0, size = 3)]
    for i in 0..n {
        sum += i;
    }
    sum
}

fn main() {}
