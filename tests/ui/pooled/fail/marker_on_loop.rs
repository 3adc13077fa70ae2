use pool_runtime::pooled;

#[pooled]
fn forever() {
    #[pooled(workers = 2)]
    loop {
        break;
    }
}

fn main() {}
