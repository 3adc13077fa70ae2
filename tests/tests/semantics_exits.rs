//! `?`: the first error by position wins, and accumulators hold exactly the items before it.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(
    clippy::needless_range_loop,
    clippy::question_mark,
    clippy::unnecessary_wraps,
    clippy::manual_let_else,
    clippy::redundant_pattern_matching,
    reason = "the spellings are what is tested"
)]

use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::num::ParseIntError;
use std::str::FromStr;

use tests::{LARGE, across, noise, same, twins};

/// Fails for the values that `at` names.
#[derive(Clone, Debug, PartialEq)]
struct Bad(u64);

impl Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bad {}", self.0)
    }
}

impl Error for Bad {}

#[derive(Clone, Debug, PartialEq)]
enum AppError {
    Bad(Bad),
    Parse(String),
}

impl From<Bad> for AppError {
    fn from(bad: Bad) -> Self {
        Self::Bad(bad)
    }
}

impl From<ParseIntError> for AppError {
    fn from(e: ParseIntError) -> Self {
        Self::Parse(e.to_string())
    }
}

/// `x`, unless it is one of the last three in a thousand.
fn check(x: u64, limit: u64) -> Result<u64, Bad> {
    if x < limit { Ok(x) } else { Err(Bad(x)) }
}

fn even(x: u64, limit: u64) -> Option<u64> {
    (x < limit).then_some(x * 2)
}

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

/// Limits that make a loop over [`small`] fail at once, soon, late and never.
const LIMITS: [u64; 5] = [0, 500, 990, 999, 1000];

/// What an accumulator behind a reference and the outcome show.
#[derive(Clone, Debug, Default, PartialEq)]
struct Seen {
    sum: u64,
    items: Vec<u64>,
    high: u64,
    high_at: usize,
    bins: [u32; 4],
}

// ---- ? ---------------------------------------------------------------------------------------

twins! { pooled() fn question_mark(xs: &[u64], limit: u64, seen: &mut Seen) -> Result<usize, Bad> {
    for (i, &x) in xs.iter().enumerate() {
        seen.bins[(x % 4) as usize] += 1;
        let y = check(x, limit)?;
        seen.sum += y;
        seen.items.push(y);
        if y > seen.high {
            seen.high = y;
            seen.high_at = i;
        }
    }
    Ok(seen.items.len())
} }

#[test]
fn the_first_error_and_exactly_the_items_before_it() {
    same!(question_mark as f => |n| LIMITS.map(|limit| {
        let mut seen = Seen { sum: 5, items: vec![1], ..Seen::default() };
        (f(&small(n), limit, &mut seen), seen)
    }));
}

twins! { pooled() fn convert(lines: &[String]) -> Result<u64, AppError> {
    let mut sum = 0;
    for line in lines {
        let x: u64 = line.parse()?;
        sum += check(x, 990)?;
    }
    Ok(sum)
} }

fn lines(n: usize, bad_at: usize) -> Vec<String> {
    small(n)
        .iter()
        .enumerate()
        .map(|(i, x)| if i == bad_at { "1x".into() } else { x.to_string() })
        .collect()
}

#[test]
fn errors_of_two_types_convert_into_the_function_s() {
    same!(convert as f => |n| [f(&lines(n, 0)), f(&lines(n, n / 2)), f(&lines(n, 20)), f(&lines(n, usize::MAX))]);
}

twins! { pooled() fn boxed_error(lines: &[String]) -> Result<u64, Box<dyn Error>> {
    let mut sum = 0;
    for line in lines {
        sum += line.parse::<u64>()?;
        if sum_of(line) > 26 {
            return Err("digits".into());
        }
        check(line.len() as u64, 4)?;
    }
    Ok(sum)
} }

fn sum_of(line: &str) -> u32 {
    line.chars().filter_map(|c| c.to_digit(10)).sum()
}

#[test]
fn a_boxed_error() {
    same!(boxed_error as f => |n| [f(&lines(n, 7)), f(&lines(n, 70)), f(&lines(n, usize::MAX))].map(|r| r.map_err(|e| e.to_string())));
}

twins! { pooled() fn boxed_send_error(lines: &[String]) -> Result<u64, Box<dyn Error + Send + Sync + 'static>> {
    let mut sum = 0;
    for line in lines {
        sum += line.parse::<u64>().map_err(|e| format!("{line}: {e}"))?;
    }
    Ok(sum)
} }

#[test]
fn a_boxed_error_that_is_send_and_sync() {
    same!(boxed_send_error as f => |n| f(&lines(n, 70)).map_err(|e| e.to_string()));
}

type Outcome<T, E = AppError> = Result<T, E>;

twins! { pooled() fn alias(lines: &[String]) -> Outcome<Vec<u64>> {
    let mut out = Vec::new();
    for line in lines {
        out.push(line.parse()?);
    }
    Ok(out)
} }

#[test]
fn an_alias_of_result() {
    same!(alias as f => |n| f(&lines(n, 65)));
}

twins! { pooled() fn io_errors(xs: &[u64]) -> std::io::Result<()> {
    for &x in xs {
        if x == 7 {
            Err(std::io::Error::other("seven"))?;
        }
        check(x, 998).map_err(std::io::Error::other)?;
    }
    Ok(())
} }

#[test]
fn errors_raised_with_err_and_a_question_mark() {
    same!(io_errors as f => |n| f(&small(n)).map_err(|e| e.to_string()));
}

twins! { pooled() fn impl_trait(xs: &[u64], limit: u64) -> Result<impl Iterator<Item = u64> + Debug, Bad> {
    let mut out = Vec::new();
    for &x in xs {
        out.push(check(x, limit)?);
    }
    Ok(out.into_iter().rev())
} }

#[test]
fn an_impl_trait_inside_the_result() {
    same!(impl_trait as f => |n| LIMITS.map(|limit| f(&small(n), limit).map(Iterator::collect::<Vec<_>>)));
}

twins! { pooled() fn generic_error<T, E>(lines: &[String]) -> Result<Vec<T>, E>
where
    T: FromStr<Err: Send> + Send,
    E: From<T::Err> + From<Bad> + Send,
{
    let mut out = Vec::new();
    for line in lines {
        out.push(line.parse()?);
        check(line.len() as u64, 6)?;
    }
    Ok(out)
} }

#[test]
fn a_generic_error_type() {
    same!(generic_error as f => |n| f::<u64, AppError>(&lines(n, 64)));
}

#[derive(Debug, PartialEq)]
struct Sum(u64);

macro_rules! from_str {
    ($name:ident, $switch:meta) => {
        #[derive(Debug, PartialEq)]
        struct $name(Sum);

        impl FromStr for $name {
            type Err = AppError;

            #[cfg_attr($switch, pool_runtime::pooled(workers = tests::workers(), chunk = tests::chunk()))]
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut sum = 0;
                for part in text.split(',') {
                    sum += part.parse::<u64>()?;
                }
                Ok(Self(Sum(sum)))
            }
        }
    };
}
from_str!(PlainSum, any());
from_str!(AnnotatedSum, all());

#[test]
fn self_and_an_associated_type_in_the_return_type() {
    across(|n| {
        let text = lines(n, 70).join(",");
        assert_eq!(
            text.parse::<PlainSum>().map(|s| s.0),
            text.parse::<AnnotatedSum>().map(|s| s.0)
        );
    });
}

twins! { pooled() fn option(xs: &[u64], limit: u64) -> Option<(u64, Vec<u64>)> {
    let mut sum = 0;
    let mut out = Vec::new();
    for &x in xs {
        sum += even(x, limit)?;
        out.push(x);
        let Some(y) = even(x + 1, limit + 1) else { return None };
        sum += y;
    }
    Some((sum, out))
} }

#[test]
fn option_and_let_else() {
    same!(option as f => |n| LIMITS.map(|limit| f(&small(n), limit)));
}

twins! { pooled() fn deep(xs: &[u64], limit: u64) -> Result<u64, AppError> {
    let mut sum = 0;
    for &x in xs {
        for j in 0..3 {
            match j {
                0 => sum += check(x, limit)?,
                1 if x % 2 == 0 => {
                    let text = format!("{}", x + j);
                    sum += loop {
                        break text.parse::<u64>()?;
                    };
                }
                _ => {
                    if check(x + 1, limit + 1).is_err() {
                        return Err(AppError::Parse(format!("{x} at {j}")));
                    }
                }
            }
        }
        let inner: Result<u64, Bad> = (|| {
            let y = check(x, 400)?;
            if y == 3 {
                return Ok(0);
            }
            Ok(y)
        })();
        sum += inner.unwrap_or(1);
        let own = |x: u64| -> Option<u64> { even(x, 300)?.checked_sub(7) };
        sum += own(x).unwrap_or_default();
        fn nested(x: u64) -> Result<u64, Bad> {
            let y = check(x, 200)?;
            for k in 0.. {
                if k > 3 {
                    return Ok(k);
                }
            }
            Ok(y)
        }
        sum += nested(x).map_or(1, |k| k);
        let _future = async { check(x, 1)?; Ok::<_, Bad>(()) };
    }
    Ok(sum)
} }

#[test]
fn inner_loops_matches_closures_and_nested_functions() {
    same!(deep as f => |n| LIMITS.map(|limit| f(&small(n), limit)));
}

twins! { pooled() fn in_macros(xs: &[u64], limit: u64) -> Result<(String, u64), Bad> {
    let mut text = String::new();
    let mut sum = 0;
    for &x in xs {
        text += &format!("{}-{x:?}-{a}", check(x, limit)?, a = check(x, limit + 1)?);
        assert!(check(x, limit)? < 1000, "too large");
        assert_eq!(check(x, limit)?, x);
        let row = vec![check(x, limit)?, 1];
        let rows = vec![check(x, limit)?; 2];
        sum += row[0] + rows[1];
        if matches!(check(x, limit)?, 0..=5) {
            sum += 1;
        }
        debug_assert!(check(x, limit).is_ok());
    }
    Ok((text, sum))
} }

#[test]
fn question_marks_inside_the_arguments_of_std_macros() {
    same!(in_macros as f => |n| LIMITS.map(|limit| f(&small(n), limit)));
}

// ---- writes and exits ------------------------------------------------------------------------

twins! { pooled() fn writes(xs: &[u64], out: &mut [u64], limit: u64) -> Result<(), Bad> {
    for i in 0..xs.len() {
        out[i] = check(xs[i], limit)?;
    }
    Ok(())
} }

#[test]
fn every_write_before_the_exit_has_happened() {
    same!(writes as f => |n| LIMITS.map(|limit| {
        let xs = small(n);
        let mut out = vec![7777; n];
        let outcome = f(&xs, &mut out, limit);
        // What stands behind the exit may have been written too: parallel workers were there.
        let until = xs.iter().position(|&x| x >= limit).unwrap_or(n);
        out.truncate(until);
        (outcome, out)
    }));
}

#[test]
fn the_same_error_in_every_run() {
    let mut xs = vec![1; LARGE];
    for (i, x) in xs.iter_mut().enumerate().skip(LARGE / 3) {
        *x = 1000 + i as u64;
    }
    tests::plans(|| {
        for _ in 0..10 {
            let mut seen = Seen::default();
            let outcome = question_mark::auto(&xs, 1000, &mut seen);
            assert_eq!(outcome, Err(Bad(1000 + LARGE as u64 / 3)));
            assert_eq!(seen.items.len(), LARGE / 3);
        }
    });
}
