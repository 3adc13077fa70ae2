use pool_runtime::batched;

#[batched(size = 100)]
fn total(mut pairs: Vec<(u64, u64)>) -> u64 {
    let mut total = 0;
    while let Some((left, right)) = pairs.pop() {
        total += left * right;
    }
    total
}

fn main() {}
