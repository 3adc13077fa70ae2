use pool_runtime::pooled;

pub trait Sum {
    #[pooled]
    fn total(&self, n: u64) -> u64;
}

fn main() {}
