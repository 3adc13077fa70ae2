//! Tuples whose fields are reduced each in its own way, in maps and in lists.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::collections::{BTreeMap, HashMap};

use tests::{noise, same, twins};

fn items(length: usize) -> Vec<(u8, i64)> {
    noise(length).map(|x| ((x % 11) as u8, (x / 11 % 41) as i64 - 20)).collect()
}

fn floats(length: usize) -> Vec<(u8, f64)> {
    let value = |x: u64| match x / 11 % 17 {
        0 => f64::NAN,
        1 => -0.0,
        2 => 0.0,
        y => y as f64 / 3.0 - 2.0,
    };
    noise(length).map(|x| ((x % 11) as u8, value(x))).collect()
}

/// The bits, without those of the sum, which is grouped in another way than sequentially.
fn bits(map: HashMap<u8, (f64, f64, f64, u32)>) -> BTreeMap<u8, (u64, u64, u32)> {
    map.into_iter().map(|(k, (a, b, _, n))| (k, (a.to_bits(), b.to_bits(), n))).collect()
}

fn held() -> BTreeMap<u8, (i64, i64, i64, u32)> {
    BTreeMap::from([
        (0, (-50, -40, 3, 1)),
        (1, (50, 60, 0, 0)),
        (5, (0, 0, 9, 2)),
        (200, (1, 1, 1, 1)),
    ])
}

twins! { pooled() fn taken_apart(items: &[(u8, i64)], mut m: BTreeMap<u8, (i64, i64, i64, u32)>) -> BTreeMap<u8, (i64, i64, i64, u32)> {
    for &(k, e) in items {
        let (lowest, highest, sum, count) = m.entry(k).or_insert((i64::MAX, i64::MIN, 0, 0));
        *lowest = (*lowest).min(e);
        *highest = (*highest).max(e);
        *sum += e;
        *count += 1;
    }
    m
} }

twins! { pooled() fn by_default(items: &[(u8, i64)], mut m: BTreeMap<u8, (i64, i64, i64, u32)>) -> BTreeMap<u8, (i64, i64, i64, u32)> {
    for &(k, e) in items {
        let (lowest, .., ) = m.entry(k).or_default();
        if e < *lowest {
            *lowest = e;
        }
        m.entry(k).or_default().2 -= e;
    }
    m
} }

twins! { pooled(shards = 3) fn from_its_own(items: &[(u8, i64)], mut m: BTreeMap<u8, (i64, i64, i64, u32)>) -> BTreeMap<u8, (i64, i64, i64, u32)> {
    for &(k, e) in items {
        let s = m.entry(k).or_insert((e, e, 100, 0));
        if e < s.0 { s.0 = e; }
        s.1 = s.1.max(e);
        s.2 += e;
        s.3 += 1;
    }
    m
} }

twins! { pooled() fn modified(items: &[(u8, i64)], mut m: BTreeMap<u8, (i64, i64, i64, u32)>) -> BTreeMap<u8, (i64, i64, i64, u32)> {
    for &(k, e) in items {
        m.entry(k)
            .and_modify(|s| {
                s.0 = s.0.min(e);
                s.1 = s.1.max(e);
                s.2 += e;
                s.3 += 1;
            })
            .or_insert((e, e, e, 1));
    }
    m
} }

twins! { pooled() fn modified_apart(items: &[(u8, i64)], mut m: BTreeMap<u8, (i64, i64, i64, u32)>) -> BTreeMap<u8, (i64, i64, i64, u32)> {
    for &(k, e) in items {
        m.entry(k)
            .and_modify(|(low, high, _, count)| {
                *low = std::cmp::min(*low, e);
                *high = std::cmp::max(*high, e);
                *count += 1;
            })
            .or_insert_with(|| (e, e, 7, 1));
    }
    m
} }

#[test]
fn a_map_of_tuples() {
    same!(taken_apart as f => |n| f(&items(n), held()));
    same!(taken_apart as f => |n| f(&items(n), BTreeMap::new()));
    same!(by_default as f => |n| f(&items(n), held()));
    same!(from_its_own as f => |n| f(&items(n), held()));
    same!(from_its_own as f => |n| f(&items(n), BTreeMap::new()));
    same!(modified as f => |n| f(&items(n), held()));
    same!(modified as f => |n| f(&items(n), BTreeMap::new()));
    same!(modified_apart as f => |n| f(&items(n), held()));
}

twins! { pooled() fn temperatures(items: &[(u8, f64)]) -> HashMap<u8, (f64, f64, f64, u32)> {
    let mut stats = HashMap::new();
    for &(station, t) in items {
        let (min, max, sum, count) = stats.entry(station).or_insert((f64::MAX, f64::MIN, 0.0, 0));
        *min = min.min(t);
        *max = max.max(t);
        *sum += t;
        *count += 1;
    }
    stats
} }

twins! { pooled() fn compared(items: &[(u8, f64)]) -> HashMap<u8, (f64, f64, f64, u32)> {
    let mut stats: HashMap<u8, (f64, f64, f64, u32)> = HashMap::new();
    for &(station, t) in items {
        let s = stats.entry(station).or_insert((f64::INFINITY, f64::NEG_INFINITY, 0.0, 0));
        if t < s.0 { s.0 = t; }
        if t > s.1 { s.1 = t; }
        s.2 += t;
        s.3 += 1;
    }
    stats
} }

#[test]
fn temperatures_of_stations() {
    same!(temperatures as f => |n| bits(f(&floats(n))));
    same!(compared as f => |n| bits(f(&floats(n))));
}

twins! { pooled() fn of_several_kinds(items: &[(u8, i64)], mut m: BTreeMap<u8, (Vec<i64>, String, u64, bool)>) -> BTreeMap<u8, (Vec<i64>, String, u64, bool)> {
    for &(k, e) in items {
        let (all, text, bits, any) = m.entry(k).or_default();
        all.push(e);
        text.push_str(&e.to_string());
        *bits ^= e.unsigned_abs();
        *any |= e == 7;
    }
    m
} }

twins! { pooled() fn in_a_list(items: &[(u8, i64)], mut rows: Vec<(i64, u64, i64)>) -> Vec<(i64, u64, i64)> {
    for &(k, e) in items {
        let (sum, bits, most) = &mut rows[usize::from(k)];
        *sum += e;
        *bits ^= e.unsigned_abs();
        if e > *most {
            *most = e;
        }
    }
    rows
} }

twins! { pooled() fn in_an_array(items: &[(u8, i64)], mut cells: [(i64, i64); 11]) -> [(i64, i64); 11] {
    for &(k, e) in items {
        cells[usize::from(k)].0 -= e;
        cells[usize::from(k)].1 = cells[usize::from(k)].1.min(e);
    }
    cells
} }

twins! { pooled() fn rows_of_tuples(items: &[(u8, i64)], mut m: BTreeMap<u8, Vec<(i64, i64)>>) -> BTreeMap<u8, Vec<(i64, i64)>> {
    for &(k, e) in items {
        let (sum, most) = &mut m.entry(k % 5).or_insert_with(|| vec![(0, -100); 12])[usize::from(k)];
        *sum += e;
        *most = (*most).max(e);
    }
    m
} }

twins! { pooled() fn sums_taken_apart(items: &[(u8, i64)]) -> BTreeMap<u8, (i64, u32)> {
    let mut m = BTreeMap::new();
    for &(k, e) in items {
        let (sum, count) = m.entry(k).or_insert((0, 0));
        *sum += e;
        *count += 1;
    }
    m
} }

#[test]
fn tuples_in_other_places() {
    let held = || BTreeMap::from([(3, (vec![1, 2], String::from("a"), 5, true))]);
    same!(of_several_kinds as f => |n| f(&items(n), held()));
    same!(in_a_list as f => |n| f(&items(n), vec![(4, 7, -3); 11]));
    same!(in_an_array as f => |n| f(&items(n), [(4, -3); 11]));
    same!(rows_of_tuples as f => |n| f(&items(n), BTreeMap::from([(2, vec![(1, 1); 15])])));
    same!(sums_taken_apart as f => |n| f(&items(n)));
}
