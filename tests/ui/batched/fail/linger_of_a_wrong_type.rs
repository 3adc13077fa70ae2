use pool_runtime::batched;

#[batched(size = 8, linger = millis)]
fn work(items: Vec<u64>, millis: u64) -> u64 {
    let mut sum = millis;
    for batch in items {
        sum += batch.iter().sum::<u64>();
    }
    sum
}

fn main() {}
