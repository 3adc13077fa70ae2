//! What is joined in a loop need not be a task.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::path::{Path, PathBuf};

use pool_runtime::pooled;

#[pooled]
fn paths(root: &Path, names: &[String]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for name in names {
        out.push(Path::new(root).join(name));
    }
    out
}

fn main() {
    assert_eq!(paths(Path::new("a"), &[String::from("b")]), [Path::new("a").join("b")]);
}
