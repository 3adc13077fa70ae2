//! Sequences and text come out in the sequential order.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(
    clippy::same_item_push,
    clippy::extend_with_drain,
    clippy::single_char_add_str,
    clippy::uninlined_format_args,
    clippy::type_complexity,
    reason = "the spellings are what is tested"
)]

use std::collections::{BinaryHeap, LinkedList, VecDeque};
use std::fmt::Write;

use tests::{noise, same, twins};

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

fn words(length: usize) -> Vec<String> {
    noise(length).map(|x| format!("w{}", x % 97)).collect()
}

// ---- sequences -------------------------------------------------------------------------------

twins! { pooled() fn push_each(n: usize) -> Vec<u64> {
    let mut out = Vec::new();
    for i in 0..n {
        out.push(i as u64 * 3);
    }
    out
} }

#[test]
fn exactly_one_push_per_item() {
    same!(push_each as f => |n| f(n));
}

twins! { pooled() fn push_each_onto(n: usize, out: &mut Vec<Box<usize>>) -> () {
    for i in 0..n {
        let x = i * 3;
        out.push(Box::new(x));
    }
} }

#[test]
fn one_push_per_item_onto_a_vector_that_holds_some() {
    same!(push_each_onto as f => |n| {
        let mut out = vec![Box::new(1), Box::new(2)];
        f(n, &mut out);
        out
    });
}

twins! { pooled() fn push_into_capacity(xs: &[u64]) -> Vec<String> {
    let mut out = Vec::with_capacity(xs.len());
    for x in xs {
        out.push(x.to_string());
    }
    out
} }

#[test]
fn push_of_owned_values_into_reserved_capacity() {
    same!(push_into_capacity as f => |n| f(&small(n)));
}

twins! { pooled() fn push_some(xs: &[u64]) -> (Vec<u64>, Vec<(usize, u64)>) {
    let mut odd = vec![0];
    let mut pairs = vec![];
    for (i, &x) in xs.iter().enumerate() {
        if x % 2 == 1 {
            odd.push(x);
        } else if x % 3 == 0 {
            pairs.push((i, x));
            pairs.push((i, x + 1));
        }
    }
    (odd, pairs)
} }

#[test]
fn push_under_a_condition_and_more_than_once() {
    same!(push_some as f => |n| f(&small(n)));
}

twins! { pooled() fn push_with_continue(xs: &[u64]) -> Vec<u64> {
    let mut out = Vec::new();
    for &x in xs {
        if x < 300 {
            continue;
        }
        out.push(x);
    }
    out
} }

#[test]
fn push_after_continue() {
    same!(push_with_continue as f => |n| f(&small(n)));
}

twins! { pooled() fn push_in_inner_loop(xs: &[u64]) -> Vec<(u64, u64)> {
    let mut out = Vec::new();
    for &x in xs {
        for j in 0..x % 4 {
            out.push((x, j));
        }
    }
    out
} }

#[test]
fn push_in_an_inner_loop() {
    same!(push_in_inner_loop as f => |n| f(&small(n)));
}

twins! { pooled() fn extend(xs: &[u64]) -> (Vec<u64>, Vec<u64>, Vec<u64>) {
    let (mut a, mut b, mut c) = (vec![9], Vec::new(), Vec::new());
    for &x in xs {
        a.extend((0..x % 3).map(|j| j + x));
        b.extend_from_slice(&[x, x + 1]);
        let mut own = vec![x; (x % 4) as usize];
        c.append(&mut own);
        assert!(own.is_empty());
    }
    (a, b, c)
} }

#[test]
fn extend_extend_from_slice_and_append() {
    same!(extend as f => |n| f(&small(n)));
}

twins! { pooled() fn other_sequences(xs: &[u64]) -> (VecDeque<u64>, LinkedList<u64>) {
    let mut queue = VecDeque::from([7]);
    let mut list = LinkedList::new();
    for &x in xs {
        queue.push_back(x);
        if x % 2 == 0 {
            list.push_back(x);
        }
        queue.extend([x + 1, x + 2]);
    }
    (queue, list)
} }

#[test]
fn push_back_on_deques_and_lists() {
    same!(other_sequences as f => |n| f(&small(n)));
}

twins! { pooled() fn borrow_from_source<'a>(lines: &'a [String], sep: char) -> Vec<&'a str> {
    let mut out = Vec::new();
    for line in lines {
        for part in line.split(sep) {
            out.push(part);
        }
    }
    out
} }

#[test]
fn push_of_parts_that_borrow_from_the_source() {
    same!(borrow_from_source as f => |n| {
        let lines: Vec<String> = noise(n).map(|x| format!("{}:{}", x % 10, x % 7)).collect();
        f(&lines, ':').join("/")
    });
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Log {
    lines: Vec<String>,
    errors: Errors,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Errors {
    at: Vec<usize>,
    text: String,
}

twins! { pooled() fn fields(xs: &[u64], log: &mut Log) -> () {
    for (i, x) in xs.iter().enumerate() {
        log.lines.push(format!("line {x}"));
        if x % 5 == 0 {
            log.errors.at.push(i);
            log.errors.text.push_str("; ");
            log.errors.text += &x.to_string();
        }
    }
} }

#[test]
fn collections_in_fields_behind_a_reference() {
    same!(fields as f => |n| {
        let mut log = Log::default();
        f(&small(n), &mut log);
        f(&small(n), &mut log);
        log
    });
}

twins! { pooled() fn owned_items(items: Vec<String>) -> (Vec<String>, Vec<String>) {
    let mut short = Vec::new();
    let mut long = Vec::new();
    for item in items {
        if item.len() < 3 { short.push(item) } else { long.push(item) }
    }
    (short, long)
} }

#[test]
fn partition_of_owned_items() {
    same!(owned_items as f => |n| f(words(n)));
}

// ---- text ------------------------------------------------------------------------------------

twins! { pooled() fn text(xs: &[u64]) -> (String, String, String) {
    let mut a = String::from("a");
    let mut b = String::new();
    let mut c = String::new();
    for (i, x) in xs.iter().enumerate() {
        a.push(char::from(b'a' + (x % 26) as u8));
        b.push_str(&x.to_string());
        b += "-";
        write!(c, "{i}={x} ").unwrap();
        if x % 7 == 0 {
            writeln!(c, "{}", x / 7).expect("writing to a string");
            writeln!(c).unwrap();
        }
    }
    (a, b, c)
} }

#[test]
fn push_push_str_and_write() {
    same!(text as f => |n| f(&small(n)));
}

twins! { pooled() fn text_discarded(xs: &[u64]) -> String {
    let mut out = String::new();
    for x in xs {
        let _ = write!(out, "{x:>4}");
        let _ = writeln!(&mut out, " {x:04}");
    }
    out
} }

#[test]
fn write_with_the_outcome_discarded() {
    same!(text_discarded as f => |n| f(&small(n)));
}

twins! { pooled() fn text_behind_reference(xs: &[u64], out: &mut String) -> () {
    for x in xs {
        out.push_str("x");
        out.push(' ');
        *out += "y";
        write!(out, "{x}").unwrap();
    }
} }

#[test]
fn text_behind_a_mutable_reference() {
    same!(text_behind_reference as f => |n| {
        let mut out = "start ".to_owned();
        f(&small(n), &mut out);
        out
    });
}

twins! { pooled() fn text_fallible(xs: &[u64]) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    for x in xs {
        write!(out, "{x},")?;
    }
    Ok(out)
} }

#[test]
fn write_with_a_question_mark() {
    same!(text_fallible as f => |n| f(&small(n)));
}

twins! { pooled(reduce(heap: append)) fn heap(xs: &[u64]) -> Vec<u64> {
    let mut heap = BinaryHeap::new();
    for &x in xs {
        heap.push(x);
    }
    heap.into_sorted_vec()
} }

#[test]
fn a_heap_by_append() {
    same!(heap as f => |n| f(&small(n)));
}
