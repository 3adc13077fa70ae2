//! Entries of maps that hold something before the loop: what a new entry starts from counts if
//! and only if the key was absent.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::cmp::{max, min};
use std::collections::{BTreeMap, HashMap};

use tests::{noise, same, twins};

/// Values on both sides of nothing, for keys of which some are held before the loop.
fn signed(length: usize) -> Vec<(u8, i64)> {
    noise(length).map(|x| ((x % 11) as u8, (x / 11 % 41) as i64 - 35)).collect()
}

fn floats(length: usize) -> Vec<(u8, f64)> {
    let value = |x: u64| match x / 11 % 17 {
        0 => f64::NAN,
        1 => -0.0,
        2 => 0.0,
        y => y as f64 - 15.0,
    };
    noise(length).map(|x| ((x % 11) as u8, value(x))).collect()
}

fn bits(map: BTreeMap<u8, f64>) -> Vec<(u8, u64)> {
    map.into_iter().map(|(key, value)| (key, value.to_bits())).collect()
}

/// Below nothing, nothing, above it; keys 6 to 10 are absent.
fn held() -> BTreeMap<u8, i64> {
    BTreeMap::from([(0, -50), (1, -5), (2, 0), (3, 3), (4, 70), (5, i64::MIN), (200, 1)])
}

fn held_floats() -> BTreeMap<u8, f64> {
    BTreeMap::from([
        (0, -50.0),
        (1, -0.0),
        (2, 0.0),
        (3, f64::NAN),
        (4, 70.0),
        (5, f64::NEG_INFINITY),
    ])
}

twins! { pooled() fn long_hand(items: &[(u8, i64)], mut m: BTreeMap<u8, i64>) -> BTreeMap<u8, i64> {
    for &(k, e) in items {
        *m.entry(k).or_insert(0) = (*m.entry(k).or_insert(0)).max(e);
    }
    m
} }

twins! { pooled() fn through_default(items: &[(u8, i64)], mut m: BTreeMap<u8, i64>) -> BTreeMap<u8, i64> {
    for &(k, e) in items {
        let b = m.entry(k).or_default();
        *b = (*b).min(e);
    }
    m
} }

twins! { pooled() fn through_function(items: &[(u8, i64)], mut m: BTreeMap<u8, i64>) -> BTreeMap<u8, i64> {
    for &(k, e) in items {
        let b = m.entry(k).or_insert_with(Default::default);
        *b = max(*b, e);
    }
    m
} }

twins! { pooled() fn compared(items: &[(u8, i64)], mut m: BTreeMap<u8, i64>) -> BTreeMap<u8, i64> {
    for &(k, e) in items {
        let b = m.entry(k).or_insert(0);
        if e > *b {
            *b = e;
        }
    }
    m
} }

twins! { pooled() fn compared_less(items: &[(u8, i64)], mut m: BTreeMap<u8, i64>) -> BTreeMap<u8, i64> {
    for &(k, e) in items {
        let b = m.entry(k).or_insert_with(|| -20);
        if *b >= e {
            *b = e;
        }
    }
    m
} }

twins! { pooled() fn sometimes(items: &[(u8, i64)], mut m: BTreeMap<u8, i64>) -> BTreeMap<u8, i64> {
    for &(k, e) in items {
        let b = m.entry(k).or_insert(-10);
        if e % 3 == 0 {
            *b = min(e, *b);
        }
    }
    m
} }

twins! { pooled() fn from_a_variable(items: &[(u8, i64)], mut m: BTreeMap<u8, i64>, floor: i64) -> BTreeMap<u8, i64> {
    for &(k, e) in items {
        let b = m.entry(k).or_insert(floor);
        *b = (*b).max(e);
    }
    m
} }

twins! { pooled(shards = 3) fn sharded(items: &[(u8, i64)], m: BTreeMap<u8, i64>) -> BTreeMap<u8, i64> {
    let mut m: HashMap<u8, i64> = m.into_iter().collect();
    for &(k, e) in items {
        let b = m.entry(k).or_insert(0);
        if e > *b { *b = e; }
    }
    m.into_iter().collect()
} }

twins! { pooled() fn from_the_item(items: &[(u8, i64)], mut m: BTreeMap<u8, i64>) -> BTreeMap<u8, i64> {
    for &(k, e) in items {
        let b = m.entry(k).or_insert(e);
        if e > *b { *b = e; }
    }
    m
} }

twins! { pooled() fn by_modification(items: &[(u8, i64)], mut m: BTreeMap<u8, i64>) -> BTreeMap<u8, i64> {
    for &(k, e) in items {
        m.entry(k).and_modify(|b| *b = (*b).max(e)).or_insert(e);
    }
    m
} }

twins! { pooled() fn left_early(items: &[(u8, i64)], mut m: BTreeMap<u8, i64>) -> Result<BTreeMap<u8, i64>, BTreeMap<u8, i64>> {
    let mut failed = false;
    for &(k, e) in items {
        if e == 4 && k == 7 { failed |= true; break; }
        let b = m.entry(k).or_insert(0);
        *b = (*b).max(e);
    }
    if failed { Err(m) } else { Ok(m) }
} }

#[test]
fn an_extremum_takes_in_its_start_only_where_the_key_was_absent() {
    for start in [held(), BTreeMap::new(), (0..11).map(|k| (k, -100)).collect()] {
        same!(long_hand as f => |n| f(&signed(n), start.clone()));
        same!(through_default as f => |n| f(&signed(n), start.clone()));
        same!(through_function as f => |n| f(&signed(n), start.clone()));
        same!(compared as f => |n| f(&signed(n), start.clone()));
        same!(compared_less as f => |n| f(&signed(n), start.clone()));
        same!(sometimes as f => |n| f(&signed(n), start.clone()));
        same!(from_a_variable as f => |n| f(&signed(n), start.clone(), -7));
        same!(sharded as f => |n| f(&signed(n), start.clone()));
        same!(from_the_item as f => |n| f(&signed(n), start.clone()));
        same!(by_modification as f => |n| f(&signed(n), start.clone()));
        same!(left_early as f => |n| f(&signed(n), start.clone()));
    }
}

struct Board {
    best: HashMap<u8, i64>,
    seen: u64,
}

impl Board {
    fn weight(&self, e: i64) -> i64 {
        e - 1
    }
}

twins! { pooled() fn in_a_field(items: &[(u8, i64)], board: &mut Board) -> () {
    for &(k, e) in items {
        board.seen += 1;
        let e = board.weight(e);
        let b = board.best.entry(k).or_insert(0);
        if e > *b { *b = e; }
    }
} }

twins! { pooled() fn behind_references(items: &[(u8, i64)], m: &mut BTreeMap<u8, i64>, boxed: &mut Box<HashMap<u8, i64>>) -> () {
    for &(k, e) in items {
        *(*m).entry(k).or_insert(0) = (*(*m).entry(k).or_insert(0)).max(e);
        let b = boxed.entry(k).or_default();
        *b = (*b).min(e);
    }
} }

#[test]
fn wherever_the_map_is() {
    same!(in_a_field as f => |n| {
        let mut board = Board { best: held().into_iter().collect(), seen: 0 };
        f(&signed(n), &mut board);
        (board.best.into_iter().collect::<BTreeMap<_, _>>(), board.seen)
    });
    same!(behind_references as f => |n| {
        let (mut m, mut boxed) = (held(), Box::new(held().into_iter().collect()));
        f(&signed(n), &mut m, &mut boxed);
        (m, boxed.into_iter().collect::<BTreeMap<_, _>>())
    });
}

twins! { pooled() fn float_folded(items: &[(u8, f64)], mut m: BTreeMap<u8, f64>) -> BTreeMap<u8, f64> {
    for &(k, e) in items {
        let b = m.entry(k).or_insert(0.0);
        *b = b.max(e);
    }
    m
} }

twins! { pooled() fn float_compared(items: &[(u8, f64)], mut m: BTreeMap<u8, f64>) -> BTreeMap<u8, f64> {
    for &(k, e) in items {
        let b = m.entry(k).or_default();
        if e < *b { *b = e; }
    }
    m
} }

twins! { pooled() fn float_from_infinity(items: &[(u8, f64)], mut m: BTreeMap<u8, f64>) -> BTreeMap<u8, f64> {
    for &(k, e) in items {
        let b = m.entry(k).or_insert(f64::INFINITY);
        *b = f64::min(*b, e);
    }
    m
} }

#[test]
fn floats_with_what_compares_with_nothing() {
    for start in [held_floats(), BTreeMap::new()] {
        same!(float_folded as f => |n| bits(f(&floats(n), start.clone())));
        same!(float_compared as f => |n| bits(f(&floats(n), start.clone())));
        same!(float_from_infinity as f => |n| bits(f(&floats(n), start.clone())));
    }
}

twins! { pooled() fn rows(items: &[(u8, i64)], mut m: HashMap<u8, [i64; 4]>) -> BTreeMap<u8, [i64; 4]> {
    for &(k, e) in items {
        let row = m.entry(k).or_default();
        let j = (e & 3) as usize;
        row[j] = row[j].max(e);
    }
    m.into_iter().collect()
} }

twins! { pooled() fn made_rows(items: &[(u8, i64)], mut m: HashMap<u8, Vec<i64>>) -> BTreeMap<u8, Vec<i64>> {
    for &(k, e) in items {
        let row = m.entry(k).or_insert_with(|| vec![-3; 4]);
        let j = (e & 3) as usize;
        if e > row[j] { row[j] = e; }
    }
    m.into_iter().collect()
} }

twins! { pooled() fn products(items: &[(u8, i64)], mut m: HashMap<u8, [i64; 4]>) -> BTreeMap<u8, [i64; 4]> {
    for &(k, e) in items {
        m.entry(k).or_default()[(e & 3) as usize] *= if e % 5 == 0 { -1 } else { 1 };
    }
    m.into_iter().collect()
} }

#[test]
fn rows_of_extrema() {
    let start = HashMap::from([(0, [-50, -1, 0, 90]), (7, [-50, -50, -50, -50])]);
    same!(rows as f => |n| f(&signed(n), start.clone()));
    same!(products as f => |n| f(&signed(n), start.clone()));
    let start: HashMap<_, _> = start.into_iter().map(|(k, row)| (k, row.to_vec())).collect();
    same!(made_rows as f => |n| f(&signed(n), start.clone()));
}

twins! { pooled() fn nested(items: &[(u8, i64)], mut m: BTreeMap<u8, BTreeMap<i64, i64>>) -> BTreeMap<u8, BTreeMap<i64, i64>> {
    for &(k, e) in items {
        let b = m.entry(k).or_default().entry(e & 3).or_insert(-4);
        *b = (*b).max(e);
    }
    m
} }

#[test]
fn maps_of_extrema() {
    let start = BTreeMap::from([
        (0, BTreeMap::from([(0, -60), (1, 50)])),
        (7, BTreeMap::new()),
        (8, (0..4).map(|j| (j, -100)).collect()),
    ]);
    same!(nested as f => |n| f(&signed(n), start.clone()));
}

twins! { pooled() fn sums_from(items: &[(u8, i64)], mut m: BTreeMap<u8, i64>) -> BTreeMap<u8, i64> {
    for &(k, e) in items {
        *m.entry(k).or_insert(1000) += e;
    }
    m
} }

twins! { pooled() fn sums_from_several(items: &[(u8, i64)], mut m: BTreeMap<u8, i64>) -> BTreeMap<u8, i64> {
    for &(k, e) in items {
        if e % 2 == 0 {
            *m.entry(k).or_insert(1000) += e;
        } else {
            *m.entry(k).or_insert(5000) += e;
        }
    }
    m
} }

twins! { pooled() fn modified_or_not(items: &[(u8, i64)], mut m: BTreeMap<u8, i64>) -> BTreeMap<u8, i64> {
    for &(k, e) in items {
        if e % 2 == 0 {
            m.entry(k).and_modify(|v| *v += 1).or_insert(7);
        } else {
            *m.entry(k).or_insert(7) += 10;
        }
    }
    m
} }

twins! { pooled() fn from_the_first(items: &[(u8, i64)], mut m: BTreeMap<u8, i64>) -> BTreeMap<u8, i64> {
    for &(k, e) in items {
        *m.entry(k).or_insert(e * 100) += e;
    }
    m
} }

twins! { pooled() fn counted(items: &[(u8, i64)], mut m: BTreeMap<u8, i64>) -> BTreeMap<u8, i64> {
    for &(k, e) in items {
        m.entry(k).and_modify(|v| *v += e).or_insert(3);
    }
    m
} }

twins! { pooled() fn float_sums(items: &[(u8, f64)], mut m: BTreeMap<u8, f64>) -> BTreeMap<u8, f64> {
    for &(k, e) in items {
        if !e.is_nan() { *m.entry(k).or_insert(10.0) += e; }
    }
    m
} }

twins! { pooled() fn products_from(items: &[(u8, i64)], mut m: BTreeMap<u8, i64>) -> BTreeMap<u8, i64> {
    for &(k, e) in items {
        *m.entry(k).or_insert(5) *= if e % 2 == 0 { 1 } else { -1 };
    }
    m
} }

twins! { pooled() fn row_sums(items: &[(u8, i64)], mut m: HashMap<u8, [i64; 4]>) -> BTreeMap<u8, [i64; 4]> {
    for &(k, e) in items {
        m.entry(k).or_insert([100, 0, 0, 7])[(e & 3) as usize] += e;
    }
    m.into_iter().collect()
} }

twins! { pooled() fn flags(items: &[(u8, i64)], mut m: BTreeMap<u8, bool>) -> BTreeMap<u8, bool> {
    for &(k, e) in items {
        *m.entry(k).or_default() &= e > -30;
        *m.entry(k).or_default() &= e > -31;
    }
    m
} }

#[test]
fn a_start_is_added_once() {
    for start in [held(), BTreeMap::new()] {
        let start: BTreeMap<_, _> = start.into_iter().map(|(k, v)| (k, v.max(-100))).collect();
        same!(sums_from as f => |n| f(&signed(n), start.clone()));
        same!(sums_from_several as f => |n| f(&signed(n), start.clone()));
        same!(modified_or_not as f => |n| f(&signed(n), start.clone()));
        same!(from_the_first as f => |n| f(&signed(n), start.clone()));
        same!(counted as f => |n| f(&signed(n), start.clone()));
        same!(products_from as f => |n| f(&signed(n), start.clone()));
    }
    for start in [HashMap::new(), HashMap::from([(0, [1, 2, 3, 4]), (9, [0; 4])])] {
        same!(row_sums as f => |n| f(&signed(n), start.clone()));
    }
    for start in [BTreeMap::new(), BTreeMap::from([(0, true), (1, false), (9, true)])] {
        same!(flags as f => |n| f(&signed(n), start.clone()));
    }
    // Half-integers of this size are added without rounding, in any grouping.
    same!(float_sums as f => |n| bits(f(&floats(n), held_floats())));
}
