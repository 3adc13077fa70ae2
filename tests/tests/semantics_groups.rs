//! Exits said otherwise: `errors = "any"`, `errors = "all"`, `timeout`.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use pool_runtime::{Errors, TimedOut, pooled};
use tests::{LARGE, across, noise, plans, watched};

#[derive(Clone, Debug, PartialEq)]
struct Bad(u64);

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bad {}", self.0)
    }
}

impl Error for Bad {}

fn check(x: u64, limit: u64) -> Result<u64, Bad> {
    if x < limit { Ok(x) } else { Err(Bad(x)) }
}

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

// ---- errors = "all" --------------------------------------------------------------------------

#[pooled(errors = "all", workers = tests::workers(), chunk = tests::chunk())]
fn all(xs: &[u64], limit: u64, ran: &AtomicUsize) -> Result<u64, Errors<Bad>> {
    let mut sum = 0;
    for &x in xs {
        ran.fetch_add(1, Ordering::Relaxed);
        sum += check(x, limit)?;
    }
    Ok(sum)
}

#[test]
fn all_errors_by_position_and_every_item_runs() {
    across(|n| {
        let xs = small(n);
        for limit in [0, 500, 990, 1000] {
            let ran = AtomicUsize::new(0);
            let outcome = all(&xs, limit, &ran);
            assert_eq!(ran.into_inner(), n);
            let expected: Vec<(usize, Bad)> = xs
                .iter()
                .enumerate()
                .filter(|(_, x)| **x >= limit)
                .map(|(i, x)| (i, Bad(*x)))
                .collect();
            match outcome {
                Ok(sum) => {
                    assert!(expected.is_empty());
                    assert_eq!(sum, xs.iter().sum::<u64>());
                }
                Err(errors) => {
                    assert_eq!(errors.len(), expected.len());
                    assert_eq!(errors.first(), (expected[0].0, &expected[0].1));
                    let seen: Vec<(usize, Bad)> =
                        errors.iter().map(|(i, e)| (i, e.clone())).collect();
                    assert_eq!(seen, expected);
                    let boxed: Box<dyn Error> = Box::new(errors);
                    assert!(boxed.to_string().contains(&expected[0].1.to_string()), "{boxed}");
                }
            }
        }
    });
}

#[pooled(errors = "all", workers = 3)]
fn all_owned(xs: Vec<String>) -> Result<Vec<u64>, Errors<std::num::ParseIntError>> {
    let mut out = Vec::new();
    for x in xs {
        out.push(x.parse()?);
    }
    Ok(out)
}

#[test]
fn errors_can_be_taken_out() {
    let xs = ["1", "x", "3", "", "5"].map(String::from).to_vec();
    let errors = all_owned(xs).expect_err("two are no numbers");
    let positions: Vec<usize> = errors.into_iter().map(|(i, _)| i).collect();
    assert_eq!(positions, [1, 3]);
    assert_eq!(all_owned(vec!["7".into()]).expect("a number"), [7]);
}

// ---- errors = "any" --------------------------------------------------------------------------

#[pooled(errors = "any", workers = tests::workers(), chunk = tests::chunk())]
fn any(xs: &[u64], limit: u64) -> Result<u64, Bad> {
    let mut sum = 0;
    for &x in xs {
        sum += check(x, limit)?;
    }
    Ok(sum)
}

#[test]
fn any_error_is_one_of_those_that_occur() {
    across(|n| {
        let xs = small(n);
        for limit in [0, 500, 990, 1000] {
            match any(&xs, limit) {
                Ok(sum) => {
                    assert!(xs.iter().all(|x| *x < limit));
                    assert_eq!(sum, xs.iter().sum::<u64>());
                }
                Err(Bad(x)) => assert!(x >= limit && xs.contains(&x)),
            }
        }
    });
}

// ---- timeout ---------------------------------------------------------------------------------

#[derive(Debug, PartialEq)]
enum Failure {
    Bad(Bad),
    Late,
}

impl From<Bad> for Failure {
    fn from(bad: Bad) -> Self {
        Self::Bad(bad)
    }
}

impl From<TimedOut> for Failure {
    fn from(_: TimedOut) -> Self {
        Self::Late
    }
}

#[pooled(timeout = "40ms", workers = tests::workers(), chunk = tests::chunk())]
fn in_time(xs: &[u64], limit: u64, lag: Duration) -> Result<u64, Failure> {
    let mut sum = 0;
    for &x in xs {
        if !lag.is_zero() {
            thread::sleep(lag);
        }
        sum += check(x, limit)?;
    }
    Ok(sum)
}

#[test]
fn a_loop_that_takes_too_long_ends_with_timed_out() {
    watched(|| {
        let xs = small(100_000);
        assert_eq!(in_time(&xs, 1000, Duration::from_millis(5)), Err(Failure::Late));
        assert_eq!(in_time(&xs[..1], 1000, Duration::ZERO), Ok(xs[0]));
        assert_eq!(in_time(&xs[..1], 0, Duration::ZERO), Err(Failure::Bad(Bad(xs[0]))));
        assert_eq!(in_time(&[], 0, Duration::ZERO), Ok(0));
    });
}

#[pooled(timeout = patience, workers = 2)]
fn boxed(xs: &[u64], patience: Duration) -> Result<(), Box<dyn Error + Send + Sync>> {
    for _ in xs {
        thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

#[test]
fn a_timeout_may_be_an_expression_and_the_error_boxed() {
    watched(|| {
        let error = boxed(&small(LARGE), Duration::from_millis(10)).expect_err("too late");
        assert!(error.downcast_ref::<TimedOut>().is_some(), "{error}");
        boxed(&[1, 2], Duration::from_secs(100)).expect("in time");
    });
}

// ---- order of exits --------------------------------------------------------------------------

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn slow_first(xs: &[u64]) -> Result<u64, u64> {
    let mut sum = 0;
    for &x in xs {
        if x == 0 {
            // The lowest error comes last in time.
            thread::sleep(Duration::from_micros(500));
            return Err(x);
        }
        if x % 2 == 0 {
            return Err(x);
        }
        sum += x;
    }
    Ok(sum)
}

#[test]
fn an_error_that_comes_late_but_stands_first_wins() {
    plans(|| {
        for at in [0, 1, 5, 60] {
            let mut xs = vec![1; LARGE];
            xs[at] = 0;
            for (i, x) in xs.iter_mut().enumerate().skip(at + 1) {
                *x = 2 * i as u64;
            }
            assert_eq!(slow_first(&xs), Err(0));
        }
    });
}
