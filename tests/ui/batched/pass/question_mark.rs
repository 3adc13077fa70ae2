//! A batch that fails.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::batched;

fn store(batch: &[u64]) -> Result<usize, String> {
    if batch.contains(&50) { Err(String::from("50")) } else { Ok(batch.len()) }
}

#[batched(size = 7)]
fn work(items: &[u64]) -> Result<usize, String> {
    let mut stored = 0;
    for batch in items {
        stored += store(batch)?;
    }
    Ok(stored)
}

fn main() {
    let items: Vec<u64> = (0..100).collect();
    assert_eq!(work(&items), Err(String::from("50")));
    assert_eq!(work(&items[..40]), Ok(40));
}
