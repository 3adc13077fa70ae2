//! Tasks whose bodies leave early or fail.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::num::ParseIntError;

use pool_runtime::{Task, pooled};

#[pooled]
fn parse(text: String) -> Task<Result<u64, ParseIntError>> {
    if text.is_empty() {
        return Ok(0);
    }
    let number = text.trim().parse::<u64>()?;
    Ok(number)
}

#[pooled]
fn third(text: String) -> Task<Option<char>> {
    let mut rest = text.chars();
    rest.next()?;
    rest.next()?;
    rest.next()
}

type Fallible<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[pooled]
fn boxed(text: String) -> Task<Fallible<u64>> {
    Ok(text.parse()?)
}

fn main() {
    assert_eq!(parse(String::new()).join().unwrap(), Ok(0));
    assert_eq!(parse(String::from(" 7")).join().unwrap(), Ok(7));
    assert!(parse(String::from("x")).join().unwrap().is_err());
    assert_eq!(third(String::from("abc")).join().unwrap(), Some('c'));
    assert_eq!(third(String::from("a")).join().unwrap(), None);
    assert_eq!(boxed(String::from("3")).join().unwrap().unwrap(), 3);
}
