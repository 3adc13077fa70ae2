//! `continue`, `break`, `return`, `?` and labels.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::num::ParseIntError;

use pool_runtime::pooled;

#[pooled(chunk = 2)]
fn parse(lines: &[&str]) -> Result<Vec<u64>, ParseIntError> {
    let mut numbers = Vec::new();
    for line in lines {
        if line.is_empty() {
            continue;
        }
        numbers.push(line.parse::<u64>()?);
    }
    Ok(numbers)
}

#[pooled]
fn find(values: &[u64], wanted: u64) -> Option<usize> {
    for (i, value) in values.iter().enumerate() {
        if *value == wanted {
            return Some(i);
        }
    }
    None
}

#[pooled]
fn until_zero(values: &[u64]) -> u64 {
    let mut sum = 0;
    'all: for value in values {
        for _ in 0..3 {
            if *value == 0 {
                break 'all;
            }
            sum += *value;
        }
    }
    sum
}

fn main() {
    assert_eq!(parse(&["1", "", "2"]).unwrap(), [1, 2]);
    assert!(parse(&["1", "x", "y"]).unwrap_err().to_string().contains("invalid digit"));
    assert_eq!(find(&[3, 4, 5, 4], 4), Some(1));
    assert_eq!(find(&[], 4), None);
    assert_eq!(until_zero(&[1, 2, 0, 5]), 9);
}
