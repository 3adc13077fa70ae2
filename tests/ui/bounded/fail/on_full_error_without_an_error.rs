use pool_runtime::bounded;

#[bounded(queue = 500, on_full = "error", timeout = "1s")]
fn total(values: Vec<u64>) -> u64 {
    let mut total = 0;
    for value in values {
        total += value;
    }
    total
}

fn main() {}
