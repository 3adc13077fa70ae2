use pool_runtime::{Task, pooled};

#[pooled]
fn join(left: &str, right: &str, times: usize) -> Task<String> {
    format!("{left}{right}").repeat(times)
}

fn main() {}
