use pool_runtime::pooled;

#[pooled]
pub enum Sum {
    Total(u64),
}

fn main() {}
