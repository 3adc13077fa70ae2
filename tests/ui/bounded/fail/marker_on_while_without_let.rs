use pool_runtime::bounded;

#[bounded(queue = 5)]
fn drain(items: &mut Vec<u64>) {
    #[bounded(queue = 3)]
    while !items.is_empty() {
        items.pop();
    }
}

fn main() {}
