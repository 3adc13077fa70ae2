//! Maps and sets: the last write wins, and every key is reduced on its own.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(clippy::type_complexity, reason = "one function shows several maps")]

use std::collections::hash_map::{DefaultHasher, Entry};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::BuildHasherDefault;

use tests::{noise, same, twins};

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

fn words(length: usize) -> Vec<String> {
    noise(length).map(|x| format!("w{}", x % 97)).collect()
}

twins! { pooled() fn insert(xs: &[u64]) -> (HashMap<u64, usize>, BTreeMap<u64, usize>, HashSet<u64>, BTreeSet<u64>) {
    let mut last = HashMap::from([(3, 0), (5000, 1)]);
    let mut ordered = BTreeMap::new();
    let mut seen = HashSet::new();
    let mut sorted = BTreeSet::from([1, 2]);
    for (i, &x) in xs.iter().enumerate() {
        last.insert(x % 50, i);
        ordered.insert(x % 7, i);
        seen.insert(x);
        if x % 2 == 0 {
            sorted.insert(x);
        }
    }
    (last, ordered, seen, sorted)
} }

#[test]
fn insert_keeps_the_last_write() {
    same!(insert as f => |n| f(&small(n)));
}

twins! { pooled() fn count<'a>(words: &'a [String]) -> HashMap<&'a str, u64> {
    let mut counts = HashMap::new();
    for word in words {
        *counts.entry(word.as_str()).or_insert(0) += 1;
    }
    counts
} }

#[test]
fn word_count() {
    same!(count as f => |n| f(&words(n)).into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<BTreeMap<_, _>>());
}

twins! { pooled() fn count_onto(words: &[String], counts: &mut BTreeMap<String, usize>) -> () {
    for word in words {
        *counts.entry(word.clone()).or_default() += 1;
    }
} }

#[test]
fn counting_onto_a_map_that_holds_some() {
    same!(count_onto as f => |n| {
        let mut counts = BTreeMap::from([("w3".to_owned(), 10), ("other".to_owned(), 1)]);
        f(&words(n), &mut counts);
        counts
    });
}

twins! { pooled() fn count_sharded(words: &[String]) -> HashMap<String, usize> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for word in words {
        *counts.entry(word.to_string()).or_insert(0) += 1;
    }
    counts
} }

#[test]
fn counting_in_a_typed_map() {
    same!(count_sharded as f => |n| f(&words(n)));
}

twins! { pooled(shards = 8) fn shards(words: &[String]) -> HashMap<&str, u32> {
    let mut counts = HashMap::from([("w1", 7)]);
    for word in words {
        *counts.entry(word.as_str()).or_insert(0) += 1;
    }
    counts
} }

#[test]
fn sharded_maps_hold_the_same() {
    same!(shards as f => |n| f(&words(n)).into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<BTreeMap<_, _>>());
}

twins! { pooled() fn start_values(xs: &[u64]) -> (BTreeMap<u64, u64>, HashMap<u64, i64>) {
    let mut from_hundred = BTreeMap::from([(3, 1)]);
    let mut down = HashMap::new();
    for &x in xs {
        *from_hundred.entry(x % 10).or_insert(100) += x;
        *down.entry(x % 11).or_insert_with(|| 5) -= x as i64;
    }
    (from_hundred, down)
} }

#[test]
fn entries_that_start_from_a_value_other_than_nothing() {
    same!(start_values as f => |n| f(&small(n)));
}

twins! { pooled() fn and_modify(xs: &[u64]) -> (BTreeMap<u64, u64>, BTreeMap<u64, u64>) {
    let mut counts = BTreeMap::from([(2, 40)]);
    let mut weights = BTreeMap::new();
    for &x in xs {
        counts.entry(x % 9).and_modify(|c| *c += 1).or_insert(1);
        weights.entry(x % 9).and_modify(|w| *w += x).or_insert(x);
    }
    (counts, weights)
} }

#[test]
fn and_modify_or_insert() {
    same!(and_modify as f => |n| f(&small(n)));
}

twins! { pooled() fn group(xs: &[u64]) -> (BTreeMap<u64, Vec<usize>>, HashMap<u64, Vec<u64>>, BTreeMap<u64, BTreeSet<u64>>, BTreeMap<u64, String>) {
    let mut a: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    let mut b = HashMap::new();
    let mut c: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    let mut d: BTreeMap<u64, String> = BTreeMap::from([(4, "four".into())]);
    for (i, &x) in xs.iter().enumerate() {
        a.entry(x % 13).or_default().push(i);
        b.entry(x % 8).or_insert_with(Vec::new).push(x);
        c.entry(x % 5).or_default().insert(x % 17);
        d.entry(x % 6).or_default().push_str("x");
    }
    (a, b, c, d)
} }

#[test]
fn grouping_by_key() {
    same!(group as f => |n| f(&small(n)));
}

twins! { pooled() fn nested_maps(xs: &[u64]) -> (BTreeMap<u64, BTreeMap<u64, u64>>, BTreeMap<u64, [u32; 4]>) {
    let mut deep: BTreeMap<u64, BTreeMap<u64, u64>> = BTreeMap::new();
    let mut bins: BTreeMap<u64, [u32; 4]> = BTreeMap::new();
    for &x in xs {
        *deep.entry(x % 4).or_default().entry(x % 9).or_default() += x;
        bins.entry(x % 3).or_insert([0; 4])[(x % 4) as usize] += 1;
    }
    (deep, bins)
} }

#[test]
fn maps_of_maps_and_maps_of_arrays() {
    same!(nested_maps as f => |n| f(&small(n)));
}

twins! { pooled() fn entry_operators(xs: &[u64]) -> (BTreeMap<u64, u64>, BTreeMap<u64, bool>, BTreeMap<u64, u64>) {
    let mut bits = BTreeMap::new();
    let mut seen = BTreeMap::new();
    let mut parity: BTreeMap<u64, u64> = BTreeMap::new();
    for &x in xs {
        *bits.entry(x % 4).or_insert(0) |= x;
        *seen.entry(x % 4).or_insert(false) |= x == 4;
        *parity.entry(x % 3).or_default() ^= x;
    }
    (bits, seen, parity)
} }

#[test]
fn the_other_operators_on_an_entry() {
    same!(entry_operators as f => |n| f(&small(n)));
}

twins! { pooled() fn first_per_key(xs: &[u64]) -> BTreeMap<u64, usize> {
    let mut first = BTreeMap::new();
    for (i, &x) in xs.iter().enumerate() {
        first.entry(x % 40).or_insert(i);
    }
    first
} }

#[test]
fn or_insert_alone_keeps_the_first() {
    same!(first_per_key as f => |n| f(&small(n)));
}

twins! { pooled() fn other_hasher(xs: &[u64]) -> HashMap<u64, u32, BuildHasherDefault<DefaultHasher>> {
    let mut counts = HashMap::with_hasher(BuildHasherDefault::<DefaultHasher>::default());
    for &x in xs {
        *counts.entry(x % 31).or_insert(0) += 1;
    }
    counts
} }

#[test]
fn a_map_with_another_hasher() {
    same!(other_hasher as f => |n| f(&small(n)));
}

#[derive(Debug, Default, PartialEq)]
struct Index {
    by_word: HashMap<String, Vec<usize>>,
    total: usize,
}

impl Index {
    fn plain(&mut self, words: &[String]) {
        for (i, w) in words.iter().enumerate() {
            self.by_word.entry(w.clone()).or_default().push(i);
            self.total += 1;
        }
    }

    #[pool_runtime::pooled(workers = tests::workers(), chunk = tests::chunk())]
    fn annotated(&mut self, words: &[String]) {
        for (i, w) in words.iter().enumerate() {
            self.by_word.entry(w.clone()).or_default().push(i);
            self.total += 1;
        }
    }
}

#[test]
fn an_inverted_index_in_self() {
    tests::across(|n| {
        let (mut a, mut b) = (Index::default(), Index::default());
        a.plain(&words(n));
        b.annotated(&words(n));
        assert_eq!(a, b);
    });
}

twins! { pooled() fn merged_by_extend(texts: &[String]) -> BTreeMap<char, usize> {
    let mut last = BTreeMap::new();
    for (i, text) in texts.iter().enumerate() {
        last.extend(text.chars().map(|c| (c, i)));
    }
    last
} }

#[test]
fn extend_of_a_map() {
    same!(merged_by_extend as f => |n| f(&words(n)));
}

/// The sequential meaning of an `Entry` match; kept beside the annotated forms to show that the
/// table's forms say the same.
#[test]
fn the_entry_forms_mean_what_a_match_means() {
    let xs = small(500);
    let mut by_match: BTreeMap<u64, u64> = BTreeMap::new();
    let mut hashed: HashMap<u64, u64> = HashMap::new();
    for &x in &xs {
        match hashed.entry(x % 10) {
            Entry::Occupied(mut e) => *e.get_mut() += x,
            Entry::Vacant(e) => {
                e.insert(100 + x);
            }
        }
    }
    by_match.extend(hashed);
    assert_eq!(
        start_values::auto(&xs).0.iter().filter(|(k, _)| **k != 3).collect::<Vec<_>>(),
        by_match.iter().filter(|(k, _)| **k != 3).collect::<Vec<_>>()
    );
}

twins! { pooled() fn best_per_key(xs: &[i64]) -> (BTreeMap<i64, i64>, BTreeMap<i64, f64>, BTreeMap<i64, String>) {
    let mut most: BTreeMap<i64, i64> = BTreeMap::new();
    let mut least: BTreeMap<i64, f64> = BTreeMap::new();
    let mut last: BTreeMap<i64, String> = BTreeMap::new();
    for &x in xs {
        let key = x.rem_euclid(11);
        let best = most.entry(key).or_insert(i64::MIN);
        if x > *best { *best = x; }
        let price = if x % 7 == 0 { f64::NAN } else { x as f64 };
        let lowest = least.entry(key).or_insert(f64::INFINITY);
        if price <= *lowest { *lowest = price; }
        let text = x.to_string();
        let longest = last.entry(key).or_insert(text.clone());
        if *longest <= text { *longest = text.clone(); }
    }
    (most, least, last)
} }

#[test]
fn extrema_of_entries_by_comparison() {
    let numbers = |n| noise(n).map(|x| (x % 2000) as i64 - 1000).collect::<Vec<_>>();
    same!(best_per_key as f => |n| format!("{:?}", f(&numbers(n))));
}

twins! { pooled() fn best_per_bin(xs: &[i64]) -> ([f64; 9], Vec<Vec<i64>>) {
    let mut most = [f64::NEG_INFINITY; 9];
    most[3] = f64::NAN;
    let mut least = vec![vec![3; 4]; 5];
    for (i, &x) in xs.iter().enumerate() {
        let (bin, value) = (x.unsigned_abs() as usize % 9, x as f64);
        if value > most[bin] { most[bin] = value; }
        if least[i * 3 % 5][bin % 4] > x { least[i * 3 % 5][bin % 4] = x }
    }
    (most, least)
} }

#[test]
fn extrema_of_elements_by_comparison() {
    let numbers = |n| noise(n).map(|x| (x % 2000) as i64 - 1000).collect::<Vec<_>>();
    same!(best_per_bin as f => |n| format!("{:?}", f(&numbers(n))));
}
