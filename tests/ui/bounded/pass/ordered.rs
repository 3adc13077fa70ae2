//! Lines in the order of the input.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::fmt::Write as _;

use pool_runtime::bounded;

#[bounded(queue = 8)]
fn number(lines: impl Iterator<Item = u64>) -> String {
    let mut text = String::new();
    for line in lines {
        let square = line * line;
        #[ordered]
        {
            let _ = write!(text, "{square} ");
        }
    }
    text
}

fn main() {
    assert_eq!(number(0..4), "0 1 4 9 ");
}
