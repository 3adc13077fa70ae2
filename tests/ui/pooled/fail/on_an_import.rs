use pool_runtime::pooled;

#[pooled]
pub use std::collections::HashMap;

fn main() {}
