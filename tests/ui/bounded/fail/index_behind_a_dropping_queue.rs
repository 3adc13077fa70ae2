use pool_runtime::bounded;

#[bounded(queue = 500, on_full = "drop")]
fn squares(count: usize) -> Vec<usize> {
    let mut squares = vec![0; count];
    for i in 0..count {
        squares[i] = i * i;
    }
    squares
}

fn main() {}
