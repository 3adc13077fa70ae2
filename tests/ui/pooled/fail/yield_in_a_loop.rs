use pool_runtime::pooled;

#[pooled]
fn numbers(n: u64) {
    for i in 0..n {
        yield i;
    }
}

fn main() {}
