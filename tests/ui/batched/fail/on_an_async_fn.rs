use pool_runtime::batched;

#[batched(size = 8)]
async fn work(items: Vec<u64>) -> u64 {
    let mut sum = 0;
    for batch in items {
        sum += batch.len() as u64;
    }
    sum
}

fn main() {}
