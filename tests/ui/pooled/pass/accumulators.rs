//! The forms of the language, each found without being told.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use pool_runtime::pooled;

#[pooled]
fn numbers(values: &[u64]) -> (u64, u64, u64, u64, u64) {
    let (mut sum, mut xor, mut all) = (0, 0, !0);
    let mut lowest = u64::MAX;
    let mut highest = 0;
    for value in values {
        sum += *value;
        xor ^= *value;
        all &= *value;
        lowest = lowest.min(*value);
        highest = std::cmp::max(highest, *value);
    }
    (sum, xor, all, lowest, highest)
}

#[pooled]
fn best(values: &[i64]) -> (i64, usize) {
    let mut best = i64::MIN;
    let mut at = 0;
    for (i, value) in values.iter().enumerate() {
        if *value > best {
            best = *value;
            at = i;
        }
    }
    (best, at)
}

#[pooled]
fn collections(words: &[&str]) -> (Vec<usize>, String, HashSet<char>, BTreeMap<usize, String>) {
    let mut lengths = Vec::new();
    let mut text = String::new();
    let mut letters = HashSet::new();
    let mut by_length = BTreeMap::new();
    for word in words {
        lengths.push(word.len());
        text.push_str(word);
        writeln!(text, "!").unwrap();
        letters.extend(word.chars());
        by_length.insert(word.len(), (*word).to_owned());
    }
    (lengths, text, letters, by_length)
}

#[pooled(shards = 4)]
fn counts<'a>(words: &[&'a str]) -> HashMap<&'a str, u64> {
    let mut counts = HashMap::new();
    for word in words {
        *counts.entry(*word).or_insert(0) += 1;
    }
    counts
}

#[pooled]
fn elements(values: &[usize], out: &mut [usize]) -> [u64; 4] {
    let mut histogram = [0; 4];
    for i in 0..values.len() {
        histogram[values[i] % 4] += 1;
        out[i] = values[i] * 2;
    }
    histogram
}

fn main() {
    assert_eq!(numbers(&[6, 2, 3]), (11, 7, 2, 2, 6));
    assert_eq!(best(&[3, 9, 9, -1]), (9, 1));
    let (lengths, text, letters, by_length) = collections(&["ab", "c", "de"]);
    assert_eq!(lengths, [2, 1, 2]);
    assert_eq!(text, "ab!\nc!\nde!\n");
    assert_eq!(letters.len(), 5);
    assert_eq!(by_length[&2], "de");
    assert_eq!(counts(&["a", "b", "a"])["a"], 2);
    let mut out = [0; 5];
    assert_eq!(elements(&[0, 1, 2, 3, 4], &mut out), [2, 1, 1, 1]);
    assert_eq!(out, [0, 2, 4, 6, 8]);
}
