use pool_runtime::bounded;

#[bounded(queue = 5)]
fn walk(mut stack: Vec<u64>) -> u64 {
    let mut sum = 0;
    while let Some(item) = stack.pop() {
        if item > 3 {
            stack.push(item / 2);
        }
        sum += item;
    }
    sum
}

fn main() {}
