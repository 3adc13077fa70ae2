use pool_runtime::pooled;

#[pooled]
const SUM: u64 = 0;

fn main() {}
