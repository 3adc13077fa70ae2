use pool_runtime::bounded;

#[bounded]
fn work(items: Vec<u64>) -> u64 {
    let mut sum = 0;
    #[bounded(queue = 3)]
    {
        for item in items {
            sum += item;
        }
    }
    sum
}

fn main() {}
