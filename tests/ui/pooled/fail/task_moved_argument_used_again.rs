use pool_runtime::{Task, pooled};

#[pooled]
fn length(text: String) -> Task<usize> {
    text.len()
}

fn main() {
    let text = String::new();
    let task = length(text);
    println!("{text} {:?}", task.join().is_ok());
}
