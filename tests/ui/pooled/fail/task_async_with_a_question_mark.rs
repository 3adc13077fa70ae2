use pool_runtime::{Task, pooled};

#[pooled]
async fn count(text: String) -> Task<Result<u64, std::num::ParseIntError>> {
    Ok(text.parse::<u64>()?)
}

fn main() {}
