//! Errors in a box behind a name that the macro cannot see through.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::error::Error;
use std::num::ParseIntError;

use tests::{noise, same, twins};

type BoxResult<T> = Result<T, Box<dyn Error>>;
type Res<T, E = Box<dyn Error + 'static>> = Result<T, E>;
type Boxed = Box<dyn Error>;
type Maybe<T> = Option<T>;

mod names {
    pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
    pub(crate) type Borrowed<'a> =
        std::result::Result<Vec<&'a str>, Box<dyn std::error::Error + 'a>>;
    pub(crate) type Io<T> = std::io::Result<T>;
}

/// Numbers, and at about `3 / length` of the places something else.
fn words(length: usize) -> Vec<String> {
    let odd = ["x", "", "stop", "7000"];
    noise(length)
        .map(|x| match x % (length as u64 + 1) {
            0..3 => odd[(x >> 32) as usize % 4].to_owned(),
            _ => (x % 1000).to_string(),
        })
        .collect()
}

fn text<T>(result: Result<T, Box<dyn Error + '_>>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

twins! { pooled() fn every_exit(xs: &[String]) -> BoxResult<u64> {
    let mut sum = 0;
    for x in xs {
        if x.is_empty() {
            return Err("empty".into());
        }
        if x == "stop" {
            return Ok(sum_of_none());
        }
        let n: u64 = x.parse()?;
        if n == 7000 {
            Err(Box::new(std::fmt::Error))?;
        }
        sum += n;
    }
    Ok(sum)
} }

fn sum_of_none() -> u64 {
    0
}

#[test]
fn question_marks_and_returns() {
    same!(every_exit as f => |n| text(f(&words(n))));
}

twins! { pooled() fn return_alone(xs: &[String]) -> names::Result<()> {
    for x in xs {
        if x.is_empty() {
            return Err("empty".into());
        }
    }
    Ok(())
} }

#[test]
fn returns_without_a_question_mark() {
    same!(return_alone as f => |n| text(f(&words(n))));
}

twins! { pooled() fn question_alone(xs: &[String]) -> Res<Vec<u64>> {
    let mut out = Vec::new();
    for x in xs {
        out.push(x.parse().map_err(|error| format!("{x}: {error}"))?);
    }
    Ok(out)
} }

#[test]
fn question_marks_without_a_return() {
    same!(question_alone as f => |n| text(f(&words(n))));
}

twins! { pooled() fn named_error(xs: &[String], out: &mut [u64]) -> Result<(), Boxed> {
    for i in 0..xs.len() {
        out[i] = xs[i].parse()?;
    }
    Ok(())
} }

#[test]
fn a_name_for_the_error_alone() {
    same!(named_error as f => |n| {
        let mut out = vec![1; n];
        (text(f(&words(n), &mut out)), out)
    });
}

twins! { pooled() fn borrows<'a>(xs: &'a [String]) -> names::Borrowed<'a> {
    let mut out = Vec::new();
    for x in xs {
        if x.is_empty() {
            Err("empty")?;
        }
        out.push(x.as_str());
    }
    Ok(out)
} }

#[test]
fn a_name_with_a_lifetime() {
    same!(borrows as f => |n| text(f(&words(n)).map(|xs| xs.concat())));
}

twins! { pooled() fn option(xs: &[String]) -> Maybe<u64> {
    let mut sum = 0;
    for x in xs {
        sum += x.parse::<u64>().ok()?;
    }
    Some(sum)
} }

twins! { pooled() fn other_error(xs: &[String]) -> Res<u64, ParseIntError> {
    let mut sum = 0;
    for x in xs {
        sum += x.parse::<u64>()?;
    }
    Ok(sum)
} }

twins! { pooled() fn io(xs: &[String]) -> names::Io<u64> {
    let mut sum = 0;
    for x in xs {
        sum += x.parse::<u64>().map_err(std::io::Error::other)?;
    }
    Ok(sum)
} }

#[test]
fn names_for_other_types() {
    same!(option as f => |n| f(&words(n)));
    same!(other_error as f => |n| f(&words(n)));
    same!(io as f => |n| f(&words(n)).map_err(|error| error.to_string()));
}
