//! Functions that are called again and again. From the second time on, what an item costs is known,
//! and the workers of a short loop keep their places: they claim from both ends of their parts,
//! and nothing that is in order may show it.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::collections::{BTreeMap, HashMap};

/// Work of some microseconds, more or less, so that a hundred of them are worth a helper.
fn work(x: u64) -> u64 {
    (0..400 + x % 7 * 300)
        .fold(x, |s, k| (s ^ k).wrapping_mul(0xBF58_476D_1CE4_E5B9).rotate_left(23) ^ (s >> 17))
}

macro_rules! often {
    ($($(#[$attribute:meta])* fn $name:ident($n:ident: u64, $r:ident: u64) -> $result:ty $body:block)*) => {$(
        #[test]
        fn $name() {
            fn plain($n: u64, $r: u64) -> $result $body
            $(#[$attribute])*
            fn annotated($n: u64, $r: u64) -> $result $body
            for round in 0..40 {
                let n = 60 + (round * 37) % 400;
                assert_eq!(plain(n, round), annotated(n, round), "round {round}");
            }
        }
    )*};
}

often! {
    #[pool_runtime::pooled]
    fn pushed(n: u64, r: u64) -> (Vec<u64>, String) {
        let (mut numbers, mut text) = (vec![7], String::new());
        for i in 0..n {
            let s = work(i ^ r);
            if s % 3 != 0 {
                numbers.push(s);
            }
            text.push_str(&s.to_string());
        }
        (numbers, text)
    }

    #[pool_runtime::pooled]
    fn inserted(n: u64, r: u64) -> (BTreeMap<u64, u64>, BTreeMap<u64, Vec<u64>>) {
        let (mut last, mut lists) = (BTreeMap::new(), BTreeMap::new());
        for i in 0..n {
            let s = work(i ^ r);
            last.insert(s % 17, i);
            lists.entry(s % 13).or_insert_with(Vec::new).push(i);
        }
        (last, lists)
    }

    #[pool_runtime::pooled]
    fn first_of_a_key(n: u64, r: u64) -> BTreeMap<u64, u64> {
        let mut first = HashMap::new();
        for i in 0..n {
            first.entry(work(i ^ r) % 17).or_insert(i);
        }
        first.into_iter().collect()
    }

    #[pool_runtime::pooled]
    fn ties(n: u64, r: u64) -> (u64, u64) {
        let (mut best, mut at) = (u64::MAX, 0);
        for i in 0..n {
            let s = work(i ^ r) % 9;
            if s <= best {
                best = s;
                at = i;
            }
        }
        (best, at)
    }

    #[pool_runtime::pooled]
    fn written(n: u64, r: u64) -> (Vec<u64>, u64) {
        let (mut out, mut sum) = (vec![1; n as usize], 0);
        for i in 0..n as usize {
            out[i] += work(i as u64 ^ r) % 5;
            sum += out[i];
        }
        (out, sum)
    }

    #[pool_runtime::pooled(chunk = 5, workers = 3)]
    fn moved(n: u64, r: u64) -> Vec<String> {
        let texts: Vec<String> = (0..n).map(|i| i.to_string()).collect();
        let mut all = Vec::new();
        for text in texts {
            let s = work(text.len() as u64 ^ r);
            all.push(text + &s.to_string());
        }
        all
    }
}

#[test]
fn float_sums_have_the_same_bits_on_any_number_of_workers() {
    #[pool_runtime::pooled]
    fn many(n: u64, r: u64) -> f64 {
        let mut sum = 0.1;
        for i in 0..n {
            sum += (work(i ^ r) % 1000) as f64 / 7.0;
        }
        sum
    }
    #[pool_runtime::pooled(workers = 1)]
    fn one(n: u64, r: u64) -> f64 {
        let mut sum = 0.1;
        for i in 0..n {
            sum += (work(i ^ r) % 1000) as f64 / 7.0;
        }
        sum
    }
    for round in 0..60 {
        let n = 50 + round * 13;
        assert_eq!(many(n, round).to_bits(), one(n, round).to_bits(), "round {round}");
    }
}
