use std::path::Path;

use pool_runtime::{Task, pooled};

#[pooled]
fn size(path: &Path) -> Task<u64> {
    path.metadata().map_or(0, |found| found.len())
}

fn main() {}
