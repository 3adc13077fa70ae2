use pool_runtime::{Task, TaskError, pooled};

#[pooled]
fn square(n: u64) -> Task<u64> {
    n * n
}

#[pooled]
fn total(values: Vec<u64>) -> Task<Result<u64, String>> {
    let mut sum = 0;
    for value in values {
        sum += square(value).join().map_err(|error: TaskError| error.to_string())?;
    }
    Ok(sum)
}

fn main() {}
