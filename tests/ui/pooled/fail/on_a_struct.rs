use pool_runtime::pooled;

#[pooled]
struct Sum {
    total: u64,
}

fn main() {}
