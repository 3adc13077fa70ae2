use std::io::{BufRead, Lines};

use pool_runtime::bounded;

#[bounded(queue = 5)]
fn count(mut lines: Lines<impl BufRead>) -> std::io::Result<usize> {
    let mut sum = 0;
    while let Some(line) = lines.next().transpose()? {
        sum += line.len();
    }
    Ok(sum)
}

fn main() {}
