use pool_runtime::Accumulate;

pub struct Inner;

#[derive(Accumulate)]
pub struct Total {
    seen: u64,
    inner: Inner,
}

fn main() {}
