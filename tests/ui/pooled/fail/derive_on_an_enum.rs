use pool_runtime::Accumulate;

#[derive(Accumulate)]
pub enum Total {
    None,
    Some(u64),
}

fn main() {}
