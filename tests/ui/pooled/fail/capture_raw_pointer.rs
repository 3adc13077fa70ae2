use pool_runtime::pooled;

#[pooled]
fn gather(start: *const u64, n: usize) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += unsafe { *start.add(i) };
    }
    sum
}

fn main() {}
