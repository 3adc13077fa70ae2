use pool_runtime::batched;

#[batched(size = 100)]
fn large(values: &[u64]) -> u64 {
    let mut count = 0;
    for value in values {
        if *value > 100 {
            count += 1;
        }
    }
    count
}

fn main() {}
