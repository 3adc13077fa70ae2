use pool_runtime::pooled;

#[pooled]
fn mix(n: u64) -> u64 {
    let mut x = 1;
    for i in 0..n {
        x += i;
        x *= 3;
    }
    x
}

fn main() {}
