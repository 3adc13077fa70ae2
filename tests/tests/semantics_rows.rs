//! Maps of rows that hold something before the loop: a row is as long as the map's own, whatever
//! a new one would be; and what else than a `Vec` has rows.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::{Index, IndexMut};
use std::panic::{AssertUnwindSafe, catch_unwind};

use pool_runtime::Accumulate;
use tests::{noise, same, twins};

/// Keys 0 to 10, of which some are held before the loop, and where in the row.
fn items(length: usize) -> Vec<(u8, usize, i64)> {
    noise(length)
        .map(|x| ((x % 11) as u8, (x / 11 % 4) as usize, (x / 44 % 41) as i64 - 20))
        .collect()
}

/// Rows as long as a new one, longer ones and a shorter one for a key that does not come up.
fn held() -> BTreeMap<u8, Vec<i64>> {
    let row = |length: i64| (0..length).map(|x| x * 100 - 50).collect();
    BTreeMap::from([(0, row(4)), (1, row(7)), (2, row(4)), (5, row(5)), (200, row(1))])
}

/// Every key that comes up, in rows of four and more.
fn all_held() -> BTreeMap<u8, Vec<i64>> {
    (0..11).map(|k| (k, vec![i64::from(k); 4 + usize::from(k) % 3])).collect()
}

fn hashed(map: BTreeMap<u8, Vec<i64>>) -> HashMap<u8, Vec<i64>> {
    map.into_iter().collect()
}

fn sorted(map: HashMap<u8, Vec<i64>>) -> BTreeMap<u8, Vec<i64>> {
    map.into_iter().collect()
}

twins! { pooled() fn by_default(items: &[(u8, usize, i64)], mut m: HashMap<u8, Vec<i64>>) -> BTreeMap<u8, Vec<i64>> {
    for &(k, j, e) in items {
        m.entry(k).or_default()[j] += e;
    }
    sorted(m)
} }

twins! { pooled(shards = 3) fn in_parts(items: &[(u8, usize, i64)], mut m: HashMap<u8, Vec<i64>>) -> BTreeMap<u8, Vec<i64>> {
    for &(k, j, e) in items {
        m.entry(k).or_default()[j] += e;
    }
    sorted(m)
} }

twins! { pooled() fn made(items: &[(u8, usize, i64)], m: &mut BTreeMap<u8, Vec<i64>>) {
    for &(k, j, e) in items {
        m.entry(k).or_insert_with(|| vec![0; 4])[j] += e;
    }
} }

twins! { pooled(shards = 5) fn made_from_more(items: &[(u8, usize, i64)], m: &mut BTreeMap<u8, Vec<i64>>) {
    let width = 4;
    for &(k, j, e) in items {
        let row = m.entry(k).or_insert(vec![9; width]);
        row[j] -= e;
        row[3 - j] += 1;
    }
} }

twins! { pooled() fn by_each_key(items: &[(u8, usize, i64)], mut m: BTreeMap<u8, Vec<i64>>) -> BTreeMap<u8, Vec<i64>> {
    for &(k, j, e) in items {
        m.entry(k).or_insert_with_key(|&k| vec![1; 4 + usize::from(k)])[j] *= if e < 0 { -1 } else { 1 };
    }
    m
} }

twins! { pooled() fn modified(items: &[(u8, usize, i64)], mut m: BTreeMap<u8, Vec<i64>>) -> BTreeMap<u8, Vec<i64>> {
    for &(k, j, e) in items {
        m.entry(k).and_modify(|row| row[j] += e).or_insert_with(|| vec![3; 4]);
    }
    m
} }

twins! { pooled() fn unlike_elements(items: &[(u8, usize, i64)], mut m: BTreeMap<u8, Vec<i64>>) -> BTreeMap<u8, Vec<i64>> {
    for &(k, j, e) in items {
        m.entry(k).or_insert_with(|| vec![e, -e, e, 0])[j] += e;
    }
    m
} }

#[test]
fn rows_are_as_long_as_the_map_says() {
    same!(by_default as f => |n| f(&items(n), hashed(all_held())));
    same!(in_parts as f => |n| f(&items(n), hashed(all_held())));
    same!(made as f => |n| { let mut m = held(); f(&items(n), &mut m); m });
    same!(made as f => |n| { let mut m = all_held(); f(&items(n), &mut m); m });
    same!(made as f => |n| { let mut m = BTreeMap::new(); f(&items(n), &mut m); m });
    same!(made_from_more as f => |n| { let mut m = held(); f(&items(n), &mut m); m });
    same!(by_each_key as f => |n| f(&items(n), held()));
    same!(modified as f => |n| f(&items(n), held()));
    same!(unlike_elements as f => |n| f(&items(n), held()));
}

twins! { pooled() fn no_row_is_made(items: &[(u8, usize, i64)], mut m: HashMap<u8, Vec<i64>>) -> BTreeMap<u8, Vec<i64>> {
    for &(k, j, e) in items {
        m.entry(k).or_insert_with(|| unreachable!("every key is held"))[j] += e;
    }
    sorted(m)
} }

#[test]
fn nothing_is_made_for_a_key_that_the_map_holds() {
    same!(no_row_is_made as f => |n| f(&items(n), hashed(all_held())));
}

twins! { pooled() fn of_rows(items: &[(u8, usize, i64)], mut m: BTreeMap<u8, Vec<Vec<i64>>>) -> BTreeMap<u8, Vec<Vec<i64>>> {
    for &(k, j, e) in items {
        m.entry(k).or_insert_with(|| vec![vec![0; 4]; 2])[j % 2][j] += e;
    }
    m
} }

twins! { pooled() fn of_lists(items: &[(u8, usize, i64)], mut m: BTreeMap<u8, Vec<Vec<i64>>>) -> BTreeMap<u8, Vec<Vec<i64>>> {
    for &(k, j, e) in items {
        m.entry(k).or_insert_with(|| vec![Vec::new(); 4])[j].push(e);
    }
    m
} }

twins! { pooled() fn of_maps(items: &[(u8, usize, i64)], mut m: BTreeMap<u8, Vec<BTreeMap<i64, u32>>>) -> BTreeMap<u8, Vec<BTreeMap<i64, u32>>> {
    for &(k, j, e) in items {
        *m.entry(k).or_insert_with(|| vec![BTreeMap::new(); 4])[j].entry(e).or_insert(0) += 1;
    }
    m
} }

twins! { pooled() fn of_arrays(items: &[(u8, usize, i64)], mut m: BTreeMap<u8, BTreeMap<u8, [i64; 4]>>) -> BTreeMap<u8, BTreeMap<u8, [i64; 4]>> {
    for &(k, j, e) in items {
        m.entry(k).or_default().entry(k / 2).or_default()[j] += e;
    }
    m
} }

#[test]
fn rows_inside_of_rows() {
    let rows = || held().into_iter().map(|(k, row)| (k, vec![row, vec![1; 6], vec![2]])).collect();
    let long = || all_held().into_iter().map(|(k, row)| (k, vec![row, vec![1; 6], vec![2]]));
    same!(of_rows as f => |n| f(&items(n), rows()));
    same!(of_rows as f => |n| f(&items(n), long().collect()));
    same!(of_lists as f => |n| f(&items(n), long().map(|(k, mut row)| {
        row.push(vec![]);
        (k, row)
    }).collect()));
    let maps =
        BTreeMap::from([(1, vec![BTreeMap::from([(3, 4)]); 6]), (2, vec![BTreeMap::new(); 4])]);
    same!(of_maps as f => |n| f(&items(n), maps.clone()));
    let arrays = BTreeMap::from([(1, BTreeMap::from([(0, [1, 2, 3, 4])])), (2, BTreeMap::new())]);
    same!(of_arrays as f => |n| f(&items(n), arrays.clone()));
}

twins! { pooled() fn past_the_end(items: &[(u8, usize, i64)], mut m: BTreeMap<u8, Vec<i64>>) -> usize {
    for &(k, j, e) in items {
        m.entry(k).or_insert_with(|| vec![0; 9])[j] += e;
    }
    m.len()
} }

#[test]
fn a_row_that_is_too_short_panics_as_the_map_s_own() {
    let caught = |f: fn(&[(u8, usize, i64)], BTreeMap<u8, Vec<i64>>) -> usize, n: usize| {
        let short = BTreeMap::from([(4, vec![0; 2])]);
        catch_unwind(AssertUnwindSafe(|| f(&items(n), short)))
            .map_err(|panic| panic.downcast::<String>().expect("a bounds check's"))
    };
    same!(past_the_end as f => |n| caught(f, n));
}

twins! { pooled() fn deque(items: &[(u8, usize, i64)], mut d: VecDeque<i64>) -> VecDeque<i64> {
    for &(_, j, e) in items {
        d[j] += e;
    }
    d
} }

twins! { pooled() fn deques(items: &[(u8, usize, i64)], mut m: BTreeMap<u8, VecDeque<i64>>) -> BTreeMap<u8, VecDeque<i64>> {
    for &(k, j, e) in items {
        m.entry(k).or_insert_with(|| VecDeque::from([1; 4]))[j] -= e;
    }
    m
} }

twins! { pooled() fn rows_of_deques(items: &[(u8, usize, i64)], mut rows: Vec<VecDeque<i64>>) -> Vec<VecDeque<i64>> {
    for &(k, j, e) in items {
        rows[usize::from(k)][j] ^= e;
    }
    rows
} }

#[test]
fn a_deque_is_reduced_by_index() {
    same!(deque as f => |n| f(&items(n), VecDeque::from([7, -7, 1, 2])));
    let held = || BTreeMap::from([(3, VecDeque::from([7; 6])), (4, VecDeque::from([0; 4]))]);
    same!(deques as f => |n| f(&items(n), held()));
    same!(rows_of_deques as f => |n| f(&items(n), vec![VecDeque::from([5; 4]); 11]));
}

/// A row of one's own type.
#[derive(Clone, Debug, PartialEq)]
struct Row(Vec<i64>);

impl Default for Row {
    fn default() -> Self {
        Row(vec![0; 4])
    }
}

impl Accumulate for Row {
    fn fresh(&self) -> Self {
        Row(vec![0; self.0.len()])
    }
    fn merge(&mut self, later: Self) {
        self.0.iter_mut().zip(later.0).for_each(|(into, later)| *into += later);
    }
}

impl Index<usize> for Row {
    type Output = i64;
    fn index(&self, at: usize) -> &i64 {
        &self.0[at]
    }
}

impl IndexMut<usize> for Row {
    fn index_mut(&mut self, at: usize) -> &mut i64 {
        &mut self.0[at]
    }
}

twins! { pooled() fn own_rows(items: &[(u8, usize, i64)], mut m: BTreeMap<u8, Row>) -> BTreeMap<u8, Row> {
    for &(k, j, e) in items {
        m.entry(k).or_default()[j] += e;
    }
    m
} }

twins! { pooled() fn lists_of_own_rows(items: &[(u8, usize, i64)], mut rows: Vec<Row>) -> Vec<Row> {
    for &(k, j, e) in items {
        rows[usize::from(k)][j] += e;
    }
    rows
} }

twins! { pooled() fn boxed_rows(items: &[(u8, usize, i64)], mut m: BTreeMap<u8, Box<[i64]>>) -> BTreeMap<u8, Box<[i64]>> {
    for &(k, j, e) in items {
        m.entry(k).or_insert_with(|| vec![0; 4].into_boxed_slice())[j] += e;
    }
    m
} }

#[test]
fn rows_of_other_types() {
    let held = || BTreeMap::from([(0, Row(vec![1; 6])), (3, Row(vec![2; 4]))]);
    same!(own_rows as f => |n| f(&items(n), held()));
    same!(lists_of_own_rows as f => |n| f(&items(n), (0..11).map(|k| Row(vec![k; 5])).collect()));
    let held = || BTreeMap::from([(0, vec![1; 6].into_boxed_slice())]);
    same!(boxed_rows as f => |n| f(&items(n), held()));
}
