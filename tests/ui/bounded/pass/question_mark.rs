//! Errors leave by position.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::bounded;

#[bounded(queue = 8)]
fn work(lines: impl Iterator<Item = String>) -> Result<u64, std::num::ParseIntError> {
    let mut sum = 0;
    for line in lines {
        sum += line.parse::<u64>()?;
    }
    Ok(sum)
}

fn main() {
    assert_eq!(work(["1", "2"].iter().map(ToString::to_string)), Ok(3));
    assert!(work(["1", "x"].iter().map(ToString::to_string)).is_err());
}
