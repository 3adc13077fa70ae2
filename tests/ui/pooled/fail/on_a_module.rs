use pool_runtime::pooled;

#[pooled]
mod sums {
    pub const NONE: u64 = 0;
}

fn main() {}
