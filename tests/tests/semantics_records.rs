//! Structs in maps and lists, whose fields are reduced each in its own way, and the best of
//! elements that are compared by a part of them.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tests::{noise, same, twins};

#[derive(Clone, Debug, Default, PartialEq)]
struct Stats {
    count: u64,
    sum: i64,
    least: i64,
    bits: u64,
    names: Vec<String>,
    seen: BTreeSet<i64>,
    histogram: Vec<u32>,
    place: Place,
    kinds: BTreeMap<u8, u32>,
    /// The body leaves it alone.
    label: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Place {
    x: i64,
    y: (i64, u64),
}

impl Stats {
    fn new() -> Self {
        Self { least: i64::MAX, histogram: vec![0; 4], label: "new".to_owned(), ..Self::default() }
    }
}

fn items(length: usize) -> Vec<(u8, i64)> {
    noise(length).map(|x| ((x % 11) as u8, (x / 11 % 41) as i64 - 20)).collect()
}

fn words(length: usize) -> Vec<String> {
    noise(length)
        .map(|x| "abcdefghij"[(x % 3) as usize..][..(x / 3 % 7) as usize].to_owned())
        .collect()
}

fn held() -> BTreeMap<u8, Stats> {
    let of = |label: &str, least| Stats {
        least,
        count: 5,
        histogram: vec![1; 6],
        label: label.to_owned(),
        ..Stats::default()
    };
    BTreeMap::from([(0, of("first", -50)), (3, of("second", 50)), (200, of("none", 1))])
}

twins! { pooled() fn every_form(items: &[(u8, i64)], mut m: BTreeMap<u8, Stats>) -> BTreeMap<u8, Stats> {
    for &(k, e) in items {
        let s = m.entry(k).or_insert_with(Stats::new);
        s.count += 1;
        s.sum -= e;
        s.least = s.least.min(e);
        s.bits ^= e.unsigned_abs();
        s.names.push(e.to_string());
        s.seen.insert(e);
        s.histogram[e.unsigned_abs() as usize % 4] += 1;
        s.place.x += e;
        s.place.y.1 |= e.unsigned_abs();
        *s.kinds.entry(k % 3).or_insert(0) += 1;
    }
    m
} }

twins! { pooled(shards = 3) fn without_an_alias(items: &[(u8, i64)], mut m: HashMap<u8, Stats>) -> HashMap<u8, Stats> {
    for &(k, e) in items {
        m.entry(k).or_default().count += 1;
        if e % 2 == 0 {
            m.entry(k).or_default().sum += e;
        }
    }
    m
} }

twins! { pooled() fn one_field(items: &[(u8, i64)]) -> HashMap<u8, Stats> {
    let mut m: HashMap<u8, Stats> = HashMap::new();
    for &(k, _) in items {
        m.entry(k).or_default().count += 1;
    }
    m
} }

twins! { pooled() fn modified(items: &[(u8, i64)], mut m: BTreeMap<u8, Stats>) -> BTreeMap<u8, Stats> {
    for &(k, e) in items {
        m.entry(k)
            .and_modify(|s| {
                s.count += 1;
                s.place.x += e;
            })
            .or_insert_with(|| Stats { count: 1, label: e.to_string(), ..Stats::default() });
    }
    m
} }

twins! { pooled() fn from_its_own(items: &[(u8, i64)], mut m: BTreeMap<u8, Stats>) -> BTreeMap<u8, Stats> {
    for &(k, e) in items {
        let s = m.entry(k).or_insert_with(|| Stats { least: e, count: 0, ..Default::default() });
        s.count += 1;
        if e < s.least {
            s.least = e;
        }
    }
    m
} }

twins! { pooled() fn inferred(items: &[(u8, i64)]) -> BTreeMap<u8, Stats> {
    let mut m = BTreeMap::new();
    for &(k, e) in items {
        let s = m.entry(k).or_insert(Stats::default());
        s.count += 1;
        s.sum += e;
    }
    m
} }

#[test]
fn structs_in_a_map() {
    same!(every_form as f => |n| f(&items(n), held()));
    same!(every_form as f => |n| f(&items(n), BTreeMap::new()));
    same!(without_an_alias as f => |n| f(&items(n), held().into_iter().collect()));
    same!(one_field as f => |n| f(&items(n)));
    same!(modified as f => |n| f(&items(n), held()));
    same!(from_its_own as f => |n| f(&items(n), held()));
    same!(from_its_own as f => |n| f(&items(n), BTreeMap::new()));
    same!(inferred as f => |n| f(&items(n)));
}

struct Report {
    groups: BTreeMap<u8, Stats>,
    cells: Vec<Stats>,
}

twins! { pooled() fn into_fields(report: &mut Report, items: &[(u8, i64)]) {
    for &(k, e) in items {
        let group = report.groups.entry(k).or_default();
        group.count += 1;
        group.sum += e;
        let cell = &mut report.cells[usize::from(k)];
        cell.least = cell.least.max(e);
        cell.place.y.0 -= e;
        report.cells[usize::from(k)].count += 1;
    }
} }

twins! { pooled() fn by_index(items: &[(u8, i64)], mut cells: [Place; 11]) -> [Place; 11] {
    for (k, e) in items.iter() {
        cells[*k as usize].x += *e;
        cells[*k as usize].y.0 = cells[*k as usize].y.0.max(*e);
    }
    cells
} }

#[test]
fn structs_in_other_places() {
    let report = || Report { groups: held(), cells: vec![Stats::new(); 11] };
    let after = |f: fn(&mut Report, &[(u8, i64)]), n| {
        let mut report = report();
        f(&mut report, &items(n));
        (report.groups, report.cells)
    };
    same!(into_fields as f => |n| after(f, n));
    same!(by_index as f => |n| f(&items(n), Default::default()));
}

twins! { pooled() fn longest(words: &[String], mut m: BTreeMap<u8, (usize, String)>) -> BTreeMap<u8, (usize, String)> {
    for w in words {
        let e = m.entry(w.bytes().next().unwrap_or(0)).or_insert((0, String::new()));
        if w.len() > e.0 { *e = (w.len(), w.to_string()); }
    }
    m
} }

twins! { pooled() fn longer_than_a_default(words: &[String], mut m: BTreeMap<u8, (usize, String)>) -> BTreeMap<u8, (usize, String)> {
    for w in words {
        let e = m.entry(w.bytes().next().unwrap_or(0)).or_insert((3, "abc".to_owned()));
        if w.len() > e.0 { *e = (w.len(), w.to_string()); }
    }
    m
} }

twins! { pooled() fn longest_by_length(words: &[String]) -> HashMap<u8, String> {
    let mut m: HashMap<u8, String> = HashMap::new();
    for w in words {
        let so_far = m.entry(w.bytes().next().unwrap_or(0)).or_default();
        if !w.is_empty() && so_far.len() < w.len() {
            *so_far = w.clone();
        }
    }
    m
} }

twins! { pooled() fn first_best(items: &[(u8, i64)]) -> BTreeMap<u8, (i64, usize)> {
    let mut m = BTreeMap::new();
    for (i, &(k, e)) in items.iter().enumerate() {
        let best = m.entry(k).or_insert((i64::MIN, usize::MAX));
        if e > best.0 {
            best.0 = e;
            best.1 = i;
        }
    }
    m
} }

twins! { pooled() fn taken_apart(items: &[(u8, i64)], mut m: BTreeMap<u8, (i64, usize)>) -> BTreeMap<u8, (i64, usize)> {
    for (i, &(k, e)) in items.iter().enumerate() {
        let (least, at) = m.entry(k).or_insert((i64::MAX, 0));
        if e < *least {
            *least = e;
            *at = i;
        }
    }
    m
} }

twins! { pooled() fn from_the_item(items: &[(u8, i64)], mut m: BTreeMap<u8, (i64, usize)>) -> BTreeMap<u8, (i64, usize)> {
    for (i, &(k, e)) in items.iter().enumerate() {
        let best = m.entry(k).or_insert((e, i));
        if e < best.0 {
            *best = (e, i);
        }
    }
    m
} }

twins! { pooled() fn of_references<'a>(items: &'a [(u8, i64)]) -> BTreeMap<u8, &'a (u8, i64)> {
    let mut m: BTreeMap<u8, &(u8, i64)> = BTreeMap::new();
    for item in items {
        let best = m.entry(item.0).or_insert(item);
        if item.1 > best.1 {
            *best = item;
        }
    }
    m
} }

twins! { pooled() fn in_a_list(items: &[(u8, i64)], mut best: Vec<(i64, usize)>) -> Vec<(i64, usize)> {
    for (i, &(k, e)) in items.iter().enumerate() {
        if e > best[usize::from(k)].0 {
            best[usize::from(k)] = (e, i);
        }
    }
    best
} }

#[derive(Clone, Debug, Default, PartialEq)]
struct Winner {
    count: u32,
    best: (i64, usize),
}

twins! { pooled() fn in_a_field(items: &[(u8, i64)]) -> BTreeMap<u8, Winner> {
    let mut m: BTreeMap<u8, Winner> = BTreeMap::new();
    for (i, &(k, e)) in items.iter().enumerate() {
        let w = m.entry(k).or_default();
        w.count += 1;
        if e > w.best.0 {
            w.best = (e, i);
        }
    }
    m
} }

#[test]
fn the_best_by_a_part() {
    let best = || BTreeMap::from([(0, (-3, 7)), (1, (99, 9)), (2, (-99, 9)), (77, (0, 0))]);
    let long = || BTreeMap::from([(b'a', (4, "held".to_owned())), (b'z', (0, String::new()))]);
    same!(longest as f => |n| f(&words(n), long()));
    same!(longest as f => |n| f(&words(n), BTreeMap::new()));
    same!(longer_than_a_default as f => |n| f(&words(n), long()));
    same!(longest_by_length as f => |n| f(&words(n)));
    same!(first_best as f => |n| f(&items(n)));
    same!(taken_apart as f => |n| f(&items(n), best()));
    same!(from_the_item as f => |n| f(&items(n), best()));
    same!(from_the_item as f => |n| f(&items(n), BTreeMap::new()));
    same!(of_references as f => |n| f(&items(n)).into_iter().map(|(k, e)| (k, *e)).collect::<Vec<_>>());
    same!(in_a_list as f => |n| f(&items(n), vec![(-5, 99); 11]));
    same!(in_a_field as f => |n| f(&items(n)));
}
