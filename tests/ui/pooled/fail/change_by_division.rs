use pool_runtime::pooled;

#[pooled]
fn halve(n: u64) -> f64 {
    let mut x = 1.0;
    for i in 0..n {
        x /= i as f64 + 1.0;
    }
    x
}

fn main() {}
