use pool_runtime::pooled;

#[pooled]
pub trait Sum {
    fn total(&self) -> u64;
}

fn main() {}
