//! What generated programs found, each made as small as it would go.
#![allow(
    clippy::needless_pass_by_value,
    clippy::assign_op_pattern,
    clippy::redundant_slicing,
    clippy::unnecessary_wraps,
    unused_assignments,
    reason = "the shapes are what is tested"
)]

use std::collections::{BTreeMap, HashMap};
use std::error::Error;

use pool_runtime::{Errors, pooled};

fn check(x: i64) -> Result<i64, String> {
    if x == 50 { Err(format!("bad {x}")) } else { Ok(x) }
}

#[pooled(workers = 3, chunk = 4)]
fn private_and_question(n: i64) -> Result<i64, String> {
    let mut sum = 0;
    let mut half = 3;
    for i in 0..n {
        half = i / 2;
        check(i)?;
        sum += half;
    }
    Ok(sum)
}

#[pooled(workers = 3, chunk = 4)]
fn private_and_break(n: i64) -> i64 {
    let mut sum = 0;
    let mut half;
    for i in 0..n {
        half = i / 2;
        if i == 30 {
            break;
        }
        sum += half;
    }
    sum
}

#[test]
fn a_private_scalar_in_a_body_that_can_leave() {
    assert_eq!(private_and_question(50), Ok((0..50).map(|i| i / 2).sum()));
    assert_eq!(private_and_question(51), Err("bad 50".to_owned()));
    assert_eq!(private_and_break(100), (0..30).map(|i| i / 2).sum());
}

#[pooled(workers = 3, chunk = 4)]
fn boxed_return(n: i64) -> Result<i64, Box<dyn Error>> {
    let mut sum = 0;
    for i in 0..n {
        if i == 60 {
            return Err(format!("at {i}").into());
        }
        if i == 70 {
            return Ok(-1);
        }
        sum += i;
    }
    Ok(sum)
}

#[test]
fn a_boxed_error_is_returned_from_a_body_without_question_mark() {
    assert_eq!(boxed_return(60).ok(), Some((0..60).sum()));
    assert_eq!(boxed_return(90).unwrap_err().to_string(), "at 60");
}

#[pooled(workers = 3, chunk = 4)]
fn own_return(n: i64) -> i64 {
    let mut sum = 0;
    for i in 0..n {
        let call = |k: i64| {
            if k > 7 {
                return Some(1);
            }
            None
        };
        sum += call(i).unwrap_or(3);
    }
    sum
}

#[test]
fn a_closure_of_the_body_returns_its_own_value() {
    assert_eq!(own_return(20), 8 * 3 + 12);
}

#[pooled(workers = 3, chunk = 4)]
fn writes_until(n: usize, end: usize, out: &mut [usize]) {
    for i in 0..n {
        if i == end {
            break;
        }
        out[i] = i;
    }
}

#[test]
fn nothing_is_written_behind_an_exit() {
    for end in [0, 4, 33, 99] {
        for _ in 0..50 {
            let mut out = vec![1000; 100];
            writes_until(100, end, &mut out);
            assert!(out[..end].iter().enumerate().all(|(i, x)| i == *x), "{end}: {out:?}");
            assert!(out[end..].iter().all(|x| *x == 1000), "{end}: {out:?}");
        }
    }
}

#[pooled(workers = 3, chunk = 4)]
fn private_beside_a_minimum(xs: &[i64]) -> i64 {
    let mut low = 800;
    let mut half;
    for &x in xs {
        half = x / 2;
        if half > 7 {
            half -= 3;
            low = low.min(half);
        }
        if half % 2 == 0 {
            half += 1;
        }
        low = low.min(half + 9);
    }
    low
}

#[test]
fn a_condition_on_a_private_scalar_is_no_extremum() {
    let xs: Vec<i64> = (0..200).map(|x| 700 - x * 3).collect();
    assert_eq!(private_beside_a_minimum(&xs), 48);
}

#[pooled(workers = 3, chunk = 4)]
fn read_in_an_ordered_block(xs: &[i64], weights: &[i64]) -> Vec<i64> {
    let (xs, ys) = (&xs[..], &weights[..]);
    let mut last = 1;
    let mut log = Vec::new();
    for (i, x) in xs.iter().enumerate() {
        let y = x + ys[i % ys.len()];
        #[ordered]
        {
            last = (last * 31 + y + ys.iter().take(3).sum::<i64>()) % 1009;
            log.push(last + ys.get(i).copied().unwrap_or(5) + ys[0].signum());
        }
    }
    log
}

#[test]
fn what_an_ordered_block_reads_may_be_read_beside_it() {
    let (xs, ys): (Vec<i64>, Vec<i64>) = ((0..200).collect(), (0..30).map(|y| y * y).collect());
    let mut last = 1;
    let expected: Vec<i64> = (0..200_usize)
        .map(|i| {
            last = (last * 31 + xs[i] + ys[i % 30] + 5) % 1009;
            last + ys.get(i).copied().unwrap_or(5)
        })
        .collect();
    assert_eq!(read_in_an_ordered_block(&xs, &ys), expected);
}

#[pooled(workers = 3, chunk = 4)]
fn compared_in_and_modify(xs: &[i64]) -> (BTreeMap<i64, i64>, HashMap<i64, i64>) {
    let mut most = BTreeMap::from([(1, 300), (2, -300), (77, 5)]);
    let mut least = HashMap::new();
    for &x in xs {
        most.entry(x % 7)
            .and_modify(|m| {
                if x > *m {
                    *m = x;
                }
            })
            .or_insert(x);
        least
            .entry(x % 5)
            .and_modify(|m| {
                if x <= *m {
                    *m = x;
                }
            })
            .or_insert(x);
    }
    (most, least)
}

#[test]
fn an_extremum_per_key_by_a_comparison_in_and_modify() {
    let xs: Vec<i64> = (0..300).map(|x| x * 7919 % 911).collect();
    let (mut most, mut least) = (BTreeMap::from([(1, 300), (2, -300), (77, 5)]), HashMap::new());
    for &x in &xs {
        let high = most.entry(x % 7).or_insert(x);
        *high = x.max(*high);
        let low = least.entry(x % 5).or_insert(x);
        *low = x.min(*low);
    }
    assert_eq!(compared_in_and_modify(&xs), (most, least));
}

/// Neither `Copy` nor `Default`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Word(String);

#[pooled(workers = 3, chunk = 4)]
fn moved_and_question(n: i64) -> Result<(String, String, Word), String> {
    let (mut text, mut longest) = (String::from("> "), String::new());
    let mut first = Word("zzz".to_owned());
    for i in 0..n {
        text = text + &check(i)?.to_string() + ",";
        longest = longest.max(i.to_string());
        first = std::cmp::min(Word(format!("{}", i * 7 % 10)), first);
    }
    Ok((text, longest, first))
}

#[pooled(workers = 3, chunk = 4)]
fn moved_and_break(n: i64, end: i64) -> (String, i64) {
    let (mut text, mut sum) = (String::new(), 0);
    for i in 0..n {
        if i == end {
            break;
        }
        text = text + &i.to_string();
        sum = sum + i;
    }
    (text, sum)
}

#[pooled(workers = 3, chunk = 4, errors = "all")]
fn moved_and_all(n: i64) -> Result<String, Errors<String>> {
    let mut text = String::new();
    for i in 0..n {
        check(i)?;
        text = text + &i.to_string();
    }
    Ok(text)
}

fn followed(mut text: String, i: i64) -> String {
    text.push_str(&i.to_string());
    text
}

#[pooled(workers = 3, chunk = 4)]
fn moved_in_order(n: i64) -> (String, String) {
    let (mut text, mut more) = (String::new(), String::new());
    for i in 0..n {
        #[ordered]
        {
            text = text + &i.to_string();
            more = followed(more, i);
        }
    }
    (text, more)
}

#[test]
fn a_variable_that_its_own_change_moves() {
    let text = |n: i64| (0..n).map(|i| i.to_string()).collect::<String>();
    let listed = (0..50).map(|i| format!("{i},")).collect::<String>();
    let first = Word("0".to_owned());
    assert_eq!(moved_and_question(50), Ok((format!("> {listed}"), "9".to_owned(), first)));
    assert_eq!(moved_and_question(51), Err("bad 50".to_owned()));
    assert_eq!(moved_and_break(100, 30), (text(30), (0..30).sum()));
    assert_eq!(moved_and_all(50), Ok(text(50)));
    assert_eq!(moved_and_all(100).unwrap_err().len(), 1);
    assert_eq!(moved_in_order(100), (text(100), text(100)));
}
