use pool_runtime::pooled;

#[pooled]
fn halve(mut n: u64) -> u64 {
    let mut steps = 0;
    #[pooled]
    while n > 1 {
        n /= 2;
        steps += 1;
    }
    steps
}

fn main() {}
