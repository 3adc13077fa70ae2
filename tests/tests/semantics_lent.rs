//! Bodies that write through memory get what they read as parameters: copies of references and of
//! numbers. Nothing that compiles and holds in the plain loop may stop to.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(clippy::needless_range_loop, clippy::too_many_arguments, reason = "as above")]

use tests::{noise, same, twins};

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

type Map = dyn Fn(u64) -> u64 + Sync;

twins! { pooled() fn many(
    a: &[u64], b: &Vec<u64>, c: &Vec<Vec<u64>>, d: &[u64; 4], e: &str, f: &Map, g: &u64,
    h: u64, k: usize, l: u32, out: &mut [u64]
) -> u64 {
    let mut sum = 0;
    for i in 0..out.len() {
        let k = k % 4;
        out[i] = a[i] + b[i] * c[i % 2][0] + d[k] + e.len() as u64 + f(*g) + h + l as u64;
        sum += out[i] ^ h;
    }
    sum
} }

#[test]
fn more_than_can_be_lent() {
    same!(many as f => |n| {
        let (a, b, mut out) = (small(n), small(n), vec![0; n]);
        let c = vec![vec![2], vec![3]];
        let sum = f(&a, &b, &c, &[1, 2, 3, 4], "five", &|x| x * 2, &6, 7, 8, 9, &mut out);
        (sum, out)
    });
}

twins! { pooled() fn kept<'a>(words: &'a [String], firsts: &mut [&'a str], long: usize) -> usize {
    let mut count = 0;
    for i in 0..words.len() {
        let word = &words[i];
        firsts[i] = if word.len() < long { word } else { &word[..long] };
        if word.len() > long {
            count += 1;
        }
    }
    count
} }

#[test]
fn what_is_written_may_borrow_from_what_is_lent() {
    same!(kept as f => |n| {
        let words: Vec<String> = small(n).iter().map(|x| x.to_string()).collect();
        let mut firsts = vec![""; n];
        let count = f(&words, &mut firsts, 2);
        (count, firsts.join(" "))
    });
}

type Add<'a> = Box<dyn Fn(u64) -> u64 + Send + Sync + 'a>;

twins! { pooled() fn borrowed(table: &Vec<u64>, n: usize) -> Vec<u64> {
    let limit: u64 = 10;
    let whole: &Vec<u64> = table;
    let mut limits: Vec<&u64> = vec![&0; n];
    let mut wholes: Vec<Option<&&Vec<u64>>> = vec![None; n];
    let mut adds: Vec<Option<Add<'_>>> = (0..n).map(|_| None).collect();
    for i in 0..n {
        limits[i] = &limit;
        wholes[i] = Some(&whole);
        adds[i] = Some(Box::new(|x| x + limit + table[0]));
    }
    let all = limits.iter().zip(&wholes).zip(&adds);
    all.map(|((a, b), c)| **a + b.map_or(0, |b| b[0]) + c.as_ref().map_or(0, |c| c(1))).collect()
} }

#[test]
fn variables_that_are_borrowed_are_not_lent() {
    same!(borrowed as f => |n| f(&vec![5, 6], n));
}

twins! { pooled() fn left(digits: &[String], base: u64, out: &mut [u64])
    -> Result<(), std::num::ParseIntError> {
    for i in 0..digits.len() {
        let digit: u64 = digits[i].parse()?;
        if digit == 999 {
            break;
        }
        out[i] = digit * base;
    }
    Ok(())
} }

#[test]
fn bodies_that_leave_are_lent_as_well() {
    for wrong in [None, Some("x"), Some("999")] {
        same!(left as f => |n| {
            let mut digits: Vec<String> = small(n).iter().map(|x| (x % 10).to_string()).collect();
            if let Some(wrong) = wrong
                && n > 0
            {
                digits[n * 2 / 3] = wrong.to_owned();
            }
            let mut out = vec![0; n];
            let result = f(&digits, 3, &mut out).is_ok();
            (result, out)
        });
    }
}

macro_rules! scaled {
    ($name:ident, $table:ident, $factor:ident) => {
        twins! { pooled() fn $name($table: &[u64], $factor: u64, out: &mut [u64]) -> () {
            for (i, x) in out.iter_mut().enumerate() {
                *x = $table[i] * $factor;
                debug_assert!(*x >= $table[i], "{} {}", $table.len(), $factor);
            }
        } }
    };
}

scaled!(of_a_macro, table, factor);

#[test]
fn names_of_a_macro_are_lent_under_their_names() {
    same!(of_a_macro as f => |n| {
        let mut out = vec![0; n];
        f(&small(n), 3, &mut out);
        out
    });
}
