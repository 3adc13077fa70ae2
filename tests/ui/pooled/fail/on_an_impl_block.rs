use pool_runtime::pooled;

#[pooled]
impl Sum {
    fn total(&self) -> u64 {
        0
    }
}

struct Sum;

fn main() {}
