use pool_runtime::bounded;

#[bounded(queue = 500, on_full = "drop", dropped = lost)]
fn total(values: Vec<u64>) -> u64 {
    let mut lost = 0;
    for value in values {
        lost += value;
    }
    lost
}

fn main() {}
