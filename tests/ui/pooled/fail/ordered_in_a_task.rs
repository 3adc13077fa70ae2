use pool_runtime::{Task, pooled};

#[pooled]
fn square(value: u64) -> Task<u64> {
    #[ordered]
    {
        value * value
    }
}

fn main() {}
