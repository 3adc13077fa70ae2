use pool_runtime::bounded;

#[bounded(queue = 3)]
extern "C" fn work(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}

fn main() {}
