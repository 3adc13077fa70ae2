//! Sources: everything that `for` takes.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(
    unused_parens,
    for_loops_over_fallibles,
    clippy::needless_range_loop,
    clippy::explicit_iter_loop,
    clippy::explicit_into_iter_loop,
    clippy::iter_nth_zero,
    reason = "the spellings are what is tested"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::io::{BufRead, BufReader, Cursor};
use std::sync::mpsc;

use tests::{noise, same, twins};

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

/// One twin per source: the body remembers every item in order, so that a lost, doubled or
/// misplaced item shows.
macro_rules! sources {
    ($($test:ident: ($($arg:ident: $type:ty = $value:expr),*) |$n:ident| $pat:pat in ($($source:tt)+) => $item:expr;)*) => { $(
        mod $test {
            use super::*;
            twins! { pooled() fn twin($($arg: $type),*) -> Vec<String> {
                let mut seen = Vec::new();
                for $pat in $($source)+ {
                    seen.push(format!("{:?}", $item));
                }
                seen
            } }

            #[test]
            fn every_item_once_and_in_order() {
                same!(twin as f => |$n| {
                    $(let $arg = $value;)*
                    f($($arg),*)
                });
            }
        }
    )* };
}

sources! {
    range_usize: (n: usize = n) |n| i in (0..n) => i;
    range_i32_negative: (n: i32 = n as i32) |n| i in (-n..n) => i;
    range_u8: (n: u8 = n.min(250) as u8) |n| i in (0..n) => i;
    range_u8_whole: () |_n| i in (0..=u8::MAX) => i;
    range_u128: (n: u128 = n as u128) |n| i in ((1u128 << 100)..(1 << 100) + n) => i;
    range_i64_at_the_edge: (n: i64 = n as i64) |n| i in (i64::MIN..i64::MIN + n) => i;
    range_inclusive: (n: usize = n) |n| i in (0..=n) => i;
    range_inclusive_at_the_edge: (n: usize = n) |n| i in (usize::MAX - n..=usize::MAX) => i;
    range_empty_backwards: (n: i64 = n as i64) |n| i in (n + 1..0) => i;
    range_inclusive_empty: (n: i64 = n as i64) |n| i in (n + 1..=0) => i;
    range_of_chars: () |_n| c in ('a'..='z') => c;
    range_in_a_variable: (r: std::ops::Range<u32> = 3..n as u32) |n| i in (r) => i;
    range_reversed: (n: usize = n) |n| i in ((0..n).rev()) => i;
    range_stepped: (n: usize = n) |n| i in ((0..n).step_by(3)) => i;
    range_stepped_inclusive: (n: usize = n) |n| i in ((0..=n).step_by(2)) => i;
    range_reversed_stepped: (n: i32 = n as i32) |n| i in ((0..n).rev().step_by(4)) => i;
    range_stepped_reversed: (n: i32 = n as i32) |n| i in ((0..n).step_by(4).rev()) => i;
    range_enumerated: (n: i32 = n as i32) |n| (k, i) in ((5..5 + n).enumerate()) => (k, i);
    range_skipped: (n: usize = n) |n| i in ((0..n).skip(2).take(n / 2)) => i;

    slice: (xs: &[u64] = &small(n)) |n| x in (xs) => x;
    slice_pattern: (xs: &[u64] = &small(n)) |n| &x in (xs) => x;
    slice_iter: (xs: &[u64] = &small(n)) |n| x in (xs.iter()) => *x;
    slice_iter_rev: (xs: &[u64] = &small(n)) |n| x in (xs.iter().rev()) => x;
    slice_copied: (xs: &[u64] = &small(n)) |n| x in (xs.iter().copied()) => x;
    slice_cloned: (xs: &[String] = &small(n).iter().map(u64::to_string).collect::<Vec<_>>()) |n| x in (xs.iter().cloned()) => x;
    slice_part: (xs: &[u64] = &small(n)) |n| x in (&xs[xs.len() / 3..]) => x;
    slice_enumerated: (xs: &[u64] = &small(n)) |n| (i, x) in (xs.iter().enumerate()) => (i, x);
    slice_enumerated_skipped: (xs: &[u64] = &small(n)) |n| (i, x) in (xs.iter().enumerate().skip(1)) => (i, x);
    slice_rev_enumerated: (xs: &[u64] = &small(n)) |n| (i, x) in (xs.iter().rev().enumerate()) => (i, x);
    slice_enumerated_rev: (xs: &[u64] = &small(n)) |n| (i, x) in (xs.iter().enumerate().rev()) => (i, x);
    slice_step: (xs: &[u64] = &small(n)) |n| x in (xs.iter().step_by(7)) => x;
    slice_zip: (xs: &[u64] = &small(n), ys: &[u64] = &small(n / 2 + 1)) |n| (x, y) in (xs.iter().zip(ys)) => (x, y);
    slice_zip_iter: (xs: &[u64] = &small(n / 2), ys: &[u64] = &small(n)) |n| (x, y) in (xs.iter().zip(ys.iter())) => (x, y);
    slice_zip_range: (xs: &[u64] = &small(n)) |n| (x, i) in (xs.iter().zip(10..)) => (x, i);
    slice_zip_zip: (xs: &[u64] = &small(n)) |n| ((a, b), c) in (xs.iter().zip(xs).zip(0..n_of(xs))) => (a, b, c);
    free_zip: (xs: &[u64] = &small(n)) |n| (a, b) in (std::iter::zip(xs, xs)) => (a, b);
    slice_enumerate_zip: (xs: &[u64] = &small(n)) |n| ((i, a), b) in (xs.iter().enumerate().zip(xs.iter().rev())) => (i, a, b);
    chunks: (xs: &[u64] = &small(n)) |n| c in (xs.chunks(3)) => c;
    chunks_exact: (xs: &[u64] = &small(n)) |n| c in (xs.chunks_exact(3)) => c;
    chunks_enumerated: (xs: &[u64] = &small(n)) |n| (i, c) in (xs.chunks(4).enumerate()) => (i, c);
    rchunks: (xs: &[u64] = &small(n)) |n| c in (xs.rchunks(4)) => c;
    windows: (xs: &[u64] = &small(n)) |n| w in (xs.windows(2)) => w;
    windows_rev: (xs: &[u64] = &small(n)) |n| w in (xs.windows(3).rev()) => w;
    split: (xs: &[u64] = &small(n)) |n| part in (xs.split(|x| x % 5 == 0)) => part;
    pairs: (xs: &[(u64, String)] = &small(n).into_iter().map(|x| (x, x.to_string())).collect::<Vec<_>>()) |n| (x, s) in (xs) => (x, s.len());
    nested_slices: (xs: &[Vec<u64>] = &small(n).chunks(3).map(<[u64]>::to_vec).collect::<Vec<_>>()) |n| row in (xs) => row.iter().sum::<u64>();

    vec_by_value: (xs: Vec<String> = small(n).iter().map(u64::to_string).collect()) |n| x in (xs) => x;
    vec_into_iter: (xs: Vec<u64> = small(n)) |n| x in (xs.into_iter()) => x;
    vec_into_iter_enumerate: (xs: Vec<String> = small(n).iter().map(u64::to_string).collect()) |n| (i, x) in (xs.into_iter().enumerate()) => (i, x);
    vec_into_iter_rev: (xs: Vec<String> = small(n).iter().map(u64::to_string).collect()) |n| x in (xs.into_iter().rev()) => x;
    vec_into_iter_zip: (xs: Vec<String> = small(n).iter().map(u64::to_string).collect(), ys: Vec<Box<u64>> = small(n / 2).into_iter().map(Box::new).collect()) |n| (x, y) in (xs.into_iter().zip(ys)) => (x, y);
    vec_skip_take: (xs: Vec<String> = small(n).iter().map(u64::to_string).collect()) |n| x in (xs.into_iter().skip(3).take(5)) => x;
    vec_by_reference: (xs: Vec<u64> = small(n)) |n| x in (&xs) => x;
    vec_reference: (xs: &Vec<u64> = &small(n)) |n| x in (xs) => x;
    vec_drain: (xs: &mut Vec<u64> = &mut small(n)) |n| x in (xs.drain(..)) => x;
    boxed_slice: (xs: Box<[u64]> = small(n).into()) |n| x in (xs.iter()) => x;
    array_by_value: (xs: [u64; 5] = [1, 2, 3, 4, 5]) |_n| x in (xs) => x;
    array_by_reference: (xs: &[u64; 5] = &[1, 2, 3, 4, 5]) |_n| x in (xs) => x;
    array_literal: () |_n| x in ([3u8, 1, 2]) => x;
    array_of_strings: (xs: [String; 3] = ["a", "b", "c"].map(String::from)) |_n| x in (xs) => x;
    vec_literal: () |_n| x in (vec![3, 1, 2]) => x;

    map_by_reference: (m: &BTreeMap<u64, u64> = &small(n).into_iter().map(|x| (x, x + 1)).collect()) |n| (k, v) in (m) => (k, v);
    map_by_value: (m: BTreeMap<u64, String> = small(n).into_iter().map(|x| (x, x.to_string())).collect()) |n| (k, v) in (m) => (k, v);
    map_values: (m: &BTreeMap<u64, u64> = &small(n).into_iter().map(|x| (x, x + 1)).collect()) |n| v in (m.values()) => v;
    set: (s: &BTreeSet<u64> = &small(n).into_iter().collect()) |n| x in (s.range(100..)) => x;
    deque: (d: VecDeque<u64> = small(n).into()) |n| x in (&d) => x;
    deque_by_value: (d: VecDeque<String> = small(n).iter().map(u64::to_string).collect()) |n| x in (d) => x;
    option: (o: Option<u64> = Some(n as u64)) |n| x in (o) => x;
    mapped: (xs: &[u64] = &small(n)) |n| x in (xs.iter().map(|x| x * 2)) => x;
    filtered: (xs: &[u64] = &small(n)) |n| x in (xs.iter().filter(|x| **x % 3 == 0)) => x;
    flat: (n: u64 = n as u64) |n| x in ((0..n).flat_map(|i| 0..i % 4)) => x;
    chained: (xs: &[u64] = &small(n)) |n| x in (xs.iter().chain(&[1, 2, 3])) => x;
    peeled_in_the_middle: (xs: &[u64] = &small(n)) |n| (i, x) in (xs.iter().map(|x| x * 2).enumerate().skip(2)) => (i, x);
    lines: (s: &str = &small(n).iter().map(|x| format!("{x}\n")).collect::<String>()) |n| l in (s.lines()) => l;
    chars: (s: &str = &"añb".repeat(n)) |n| c in (s.chars()) => c;
    char_indices: (s: &str = &"añb".repeat(n)) |n| (i, c) in (s.char_indices()) => (i, c);
    bytes: (s: &str = &"añb".repeat(n)) |n| b in (s.bytes()) => b;
    words: (s: &str = &"ab cd ".repeat(n)) |n| w in (s.split_whitespace()) => w;
    buffered_lines: (r: BufReader<Cursor<String>> = BufReader::new(Cursor::new("line\nother\n".repeat(n)))) |n| l in (r.lines()) => l.unwrap();
    channel: (r: mpsc::Receiver<u64> = channel(n)) |n| x in (r) => x;
    channel_iter: (r: mpsc::Receiver<u64> = channel(n)) |n| x in (r.iter()) => x;
    boxed_iterator: (it: Box<dyn Iterator<Item = u64> + Send> = Box::new(noise(n))) |n| x in (it) => x;
    boxed_iterator_not_send: (it: Box<dyn Iterator<Item = u64>> = Box::new(noise(n))) |n| x in (it) => x;
    iterator_by_reference: (it: &mut std::vec::IntoIter<u64> = &mut small(n).into_iter()) |n| x in (it.by_ref()) => x;
    iterator_by_mut: (it: &mut dyn Iterator<Item = u64> = &mut noise(n)) |n| x in (it) => x;
    from_fn: (n: u64 = n as u64) |n| x in ({ let mut i = 0; std::iter::from_fn(move || { i += 1; (i < n).then_some(i) }) }) => x;
    successors: (n: u64 = n as u64) |n| x in (std::iter::successors(Some(n), |x| (*x > 1).then(|| x / 2))) => x;
    repeat_take: (n: usize = n) |n| x in (std::iter::repeat("x").take(n)) => x;
    unsized_hint: (n: usize = n) |n| x in ((0..).take_while(|x| *x < n)) => x;
    endless_range_taken: (n: usize = n) |n| x in ((0..).take(n)) => x;
    method_chain: (s: &str = &"3,1,x,".repeat(n)) |n| x in (s.split(',').filter_map(|x| x.parse::<u64>().ok()).skip(1).step_by(2)) => x;
    wildcard: (xs: &[u64] = &small(n)) |n| _ in (xs) => 1;
    struct_pattern: (xs: &[P] = &small(n).into_iter().map(|x| P { x, y: 1 }).collect::<Vec<_>>()) |n| P { x, .. } in (xs) => x;
    binding_pattern: (xs: &[u64] = &small(n)) |n| whole @ &x in (xs) => (whole, x);
    mutable_pattern: (xs: Vec<u64> = small(n)) |n| mut x in (xs) => { x += 1; x };
    source_in_parentheses: (xs: &[u64] = &small(n)) |n| x in ((xs)) => x;
    source_is_a_block: (xs: &[u64] = &small(n)) |n| x in ({ let half = xs.len() / 2; &xs[..half] }) => x;
    source_is_a_call: (xs: &[u64] = &small(n)) |n| x in (halves(xs).0) => x;
    source_is_an_if: (xs: &[u64] = &small(n)) |n| x in (if xs.len() > 3 { &xs[1..] } else { xs }) => x;
    user_iterator: (n: u32 = n as u32) |n| x in (Down(n)) => x;
    user_into_iterator: (n: u32 = n as u32) |n| x in (&Bag(vec![n, 2, 3])) => x;
}

fn n_of(xs: &[u64]) -> usize {
    xs.len()
}

fn halves(xs: &[u64]) -> (&[u64], &[u64]) {
    xs.split_at(xs.len() / 2)
}

fn channel(n: usize) -> mpsc::Receiver<u64> {
    let (to, from) = mpsc::channel();
    for x in small(n) {
        to.send(x).expect("the receiver is below");
    }
    from
}

struct P {
    x: u64,
    #[allow(dead_code, reason = "the pattern leaves it out")]
    y: u64,
}

struct Down(u32);

impl Iterator for Down {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }
}

struct Bag(Vec<u32>);

impl<'a> IntoIterator for &'a Bag {
    type Item = &'a u32;
    type IntoIter = std::slice::Iter<'a, u32>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

// ---- items that are changed in place ---------------------------------------------------------

macro_rules! in_place {
    ($($test:ident: |$xs:ident| $pat:pat in $source:expr => $body:block;)*) => { $(
        mod $test {
            use super::*;
            twins! { pooled() fn twin($xs: &mut Vec<u64>) -> () {
                for $pat in $source $body
            } }

            #[test]
            fn every_item_is_changed_once() {
                same!(twin as f => |n| {
                    let mut xs = small(n);
                    f(&mut xs);
                    xs
                });
            }
        }
    )* };
}

in_place! {
    mut_reference: |xs| x in xs => { *x += 1; };
    mut_reborrow: |xs| x in &mut *xs => { *x = *x * 2 + 1; };
    iter_mut: |xs| x in xs.iter_mut() => { *x ^= 0xff; };
    iter_mut_enumerate: |xs| (i, x) in xs.iter_mut().enumerate() => { *x += i as u64; };
    iter_mut_rev: |xs| (i, x) in xs.iter_mut().rev().enumerate() => { *x += i as u64; };
    iter_mut_zip: |xs| (x, y) in xs.iter_mut().zip(0..) => { *x += y; };
    iter_mut_zip_slice: |xs| (x, y) in xs.iter_mut().zip(&[1, 2, 3, 4, 5, 6, 7, 8, 9]) => { *x = *y; };
    iter_mut_skip: |xs| x in xs.iter_mut().skip(2) => { *x = 0; };
    iter_mut_step: |xs| x in xs.iter_mut().step_by(3) => { *x = 0; };
    taken: |xs| x in xs.iter_mut().take(3) => { *x = 0; };
    whole: |xs| x in &mut xs[..] => { *x -= *x / 2; };
    chunks_mut: |xs| c in xs.chunks_mut(4) => { c.reverse(); };
    chunks_mut_enumerate: |xs| (i, c) in xs.chunks_mut(5).enumerate() => { for x in c { *x += i as u64; } };
    chunks_exact_mut: |xs| c in xs.chunks_exact_mut(3) => { c[0] = c[1] + c[2]; };
    mapped_mut: |xs| x in xs.iter_mut().filter(|x| **x % 2 == 0) => { *x += 1; };
}

twins! { pooled() fn swap_items(xs: &mut [u64], ys: &mut [u64]) -> () {
    for (x, y) in xs.iter_mut().zip(ys.iter_mut()) {
        std::mem::swap(x, y);
    }
} }

#[test]
fn two_slices_changed_together() {
    same!(swap_items as f => |n| {
        let (mut xs, mut ys) = (small(n), small(n + 2));
        ys.reverse();
        f(&mut xs, &mut ys);
        (xs, ys)
    });
}

twins! { pooled() fn map_values_in_place(m: &mut HashMap<u64, u64>) -> u64 {
    let mut changed = 0;
    for (k, v) in m.iter_mut() {
        *v += k;
        changed += 1;
    }
    changed
} }

#[test]
fn the_values_of_a_map_changed_in_place() {
    same!(map_values_in_place as f => |n| {
        let mut m: HashMap<u64, u64> = small(n).into_iter().map(|x| (x, 1)).collect();
        let changed = f(&mut m);
        (changed, m)
    });
}

twins! { pooled() fn unordered(s: &HashSet<u64>, m: &HashMap<u64, u64>) -> u64 {
    let mut sum = 0;
    for x in s {
        sum += x * m.len() as u64;
    }
    sum
} }

#[test]
fn sources_without_an_order() {
    same!(unordered as f => |n| f(&small(n).into_iter().collect(), &HashMap::from([(1, 2), (3, 4)])));
}

// ---- sources that only generic code can name ---------------------------------------------------

twins! { pooled() fn any_iterator(items: impl Iterator<Item = u64> + Send) -> u64 {
    let mut sum = 0;
    for x in items {
        sum += x;
    }
    sum
} }

#[test]
fn an_iterator_that_is_a_parameter() {
    same!(any_iterator as f => |n| f(small(n).into_iter()) + f(0..n as u64));
}

twins! { pooled() fn any_source<I>(items: I) -> Vec<I::Item>
where
    I: IntoIterator,
    I::IntoIter: Send,
    I::Item: Send + Clone,
{
    let mut out = Vec::new();
    for x in items {
        out.push(x.clone());
        out.push(x);
    }
    out
} }

#[test]
fn a_generic_source() {
    same!(any_source as f => |n| (f(small(n)), f(0..n as u8 as i8), f("abc".repeat(n).chars())));
}

twins! { pooled() fn not_send(items: impl Iterator<Item = u64>) -> u64 {
    let mut sum = 0;
    for x in items {
        sum += x;
    }
    sum
} }

#[test]
fn a_generic_iterator_that_nobody_says_is_send() {
    same!(not_send as f => |n| {
        let xs = std::rc::Rc::new(small(n));
        let sum = f((0..n).map(|i| xs[i]));
        drop(xs);
        sum
    });
}

twins! { pooled() fn generic_slice<T: Copy + Into<f64> + Sync>(xs: &[T]) -> Vec<f64> {
    let mut out = vec![];
    for &x in xs {
        out.push(x.into());
    }
    out
} }

#[test]
fn a_slice_of_a_type_parameter() {
    same!(generic_slice as f => |n| f(&small(n).iter().map(|&x| x as u32).collect::<Vec<_>>()));
}

// ---- while let -------------------------------------------------------------------------------

twins! { pooled() fn while_pop(mut stack: Vec<u64>) -> Vec<u64> {
    let mut out = Vec::new();
    while let Some(x) = stack.pop() {
        out.push(x * 2);
    }
    out
} }

#[test]
fn while_let_some_pop() {
    same!(while_pop as f => |n| f(small(n)));
}

twins! { pooled() fn while_next(text: &str) -> (u64, usize) {
    let mut sum = 0;
    let mut lines = 0;
    let mut rest = text.lines();
    while let Some(line) = rest.next() {
        sum += line.len() as u64;
        lines += 1;
    }
    (sum, lines)
} }

#[test]
fn while_let_some_next() {
    same!(while_next as f => |n| f(&"ab\ncde\n".repeat(n)));
}

twins! { pooled() fn while_received(from: mpsc::Receiver<u64>) -> u64 {
    let mut sum = 0;
    while let Ok(x) = from.recv() {
        sum += x;
    }
    sum
} }

#[test]
fn while_let_ok_recv() {
    same!(while_received as f => |n| f(channel(n)));
}
