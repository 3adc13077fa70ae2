//! Filling a `Vec` in place.

use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::super::Accumulator;
use super::{drive, fresh};
use crate::__private::collect;

/// Counts what is alive.
#[derive(Debug)]
struct Counted<'a>(usize, &'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(value: usize, alive: &'a AtomicUsize) -> Self {
        alive.fetch_add(1, Relaxed);
        Self(value, alive)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.1.fetch_sub(1, Relaxed);
    }
}

/// Runs a body that pushes as often as it likes.
fn pushes(len: usize, often: impl Fn(usize) -> usize) {
    for seed in 0..20 {
        let alive = AtomicUsize::new(0);
        let mut place = vec![Counted::new(usize::MAX, &alive)];
        drive(collect!(place), len, seed, |mut place, cut| {
            for i in cut {
                for _ in 0..often(i) {
                    place.push(Counted::new(i, &alive));
                }
            }
            place
        });
        let sequential: Vec<usize> = std::iter::once(usize::MAX)
            .chain((0..len).flat_map(|i| std::iter::repeat_n(i, often(i))))
            .collect();
        assert_eq!(place.iter().map(|item| item.0).collect::<Vec<_>>(), sequential);
        assert_eq!(alive.load(Relaxed), place.len());
        drop(place);
        assert_eq!(alive.load(Relaxed), 0);
    }
}

#[test]
fn one_push_per_item_keeps_the_order() {
    [0, 1, 2, 100, 1000].into_iter().for_each(|len| pushes(len, |_| 1));
}

#[test]
fn any_other_number_of_pushes_does_too() {
    [1, 2, 100].into_iter().for_each(|len| {
        pushes(len, |i| i % 2);
        pushes(len, |i| 2 - i % 2);
        pushes(len, |i| i * 7 % 4);
        pushes(len, |i| if i < len / 2 { 3 } else { 0 });
        pushes(len, |i| if i < len / 2 { 0 } else { 3 });
    });
}

#[test]
fn the_items_are_written_where_they_stay() {
    let mut place: Vec<usize> = Vec::with_capacity(8);
    place.push(7);
    let mut accumulator = collect!(place);
    let room = accumulator.seed(Some(100));
    let mut total = fresh_of(&accumulator, &room, 0..40);
    let mut later = fresh_of(&accumulator, &room, 40..100);
    (0..40).for_each(|i| total.push(i));
    (40..100).for_each(|i| later.push(i));
    combine_of(&accumulator, &room, &mut total, later);
    accumulator.commit(room, total);
    assert_eq!(place[0], 7);
    assert!(place[1..].iter().copied().eq(0..100));
    assert!(place.capacity() < 200, "room for one copy");
}

fn fresh_of<A: Accumulator>(_: &A, seed: &A::Seed, cut: std::ops::Range<usize>) -> A::Local {
    fresh::<A>(seed, cut)
}

fn combine_of<A: Accumulator>(_: &A, seed: &A::Seed, into: &mut A::Local, later: A::Local) {
    A::combine(seed, into, later);
}

#[test]
fn without_a_length_every_claim_has_a_buffer() {
    for often in 0..3 {
        let alive = AtomicUsize::new(0);
        let mut place = vec![Counted::new(9, &alive)];
        let mut accumulator = collect!(place);
        let room = accumulator.seed(None);
        let mut shares = [0..3, 3..4, 4..10].map(|cut| {
            let mut share = fresh_of(&accumulator, &room, cut.clone());
            for i in cut {
                (0..often).for_each(|_| share.push(Counted::new(i, &alive)));
            }
            share
        });
        let [total, middle, last] = &mut shares;
        let empty = || fresh_of(&accumulator, &room, 0..0);
        combine_of(&accumulator, &room, middle, std::mem::replace(last, empty()));
        combine_of(&accumulator, &room, total, std::mem::replace(middle, empty()));
        let total = std::mem::replace(total, empty());
        accumulator.commit(room, total);
        let sequential = (0..10).flat_map(|i| std::iter::repeat_n(i, often));
        assert!(place[1..].iter().map(|item| item.0).eq(sequential));
        assert_eq!(alive.load(Relaxed), place.len());
    }
}

#[test]
fn stretches_that_come_to_nothing_drop_their_items() {
    let alive = AtomicUsize::new(0);
    let mut place = vec![Counted::new(1, &alive)];
    let mut accumulator = collect!(place);
    let room = accumulator.seed(Some(10));
    let mut first = fresh_of(&accumulator, &room, 0..5);
    let mut later = fresh_of(&accumulator, &room, 5..10);
    (0..5).for_each(|i| first.push(Counted::new(i, &alive)));
    (0..7).for_each(|i| later.push(Counted::new(i, &alive)));
    assert_eq!(alive.load(Relaxed), 13);
    drop(later);
    assert_eq!(alive.load(Relaxed), 6);
    drop((first, room));
    assert_eq!(alive.load(Relaxed), 1);
    assert_eq!(place.len(), 1);
}

#[test]
fn a_length_that_no_memory_can_hold_is_no_obstacle() {
    let mut place = vec![0_u64];
    let mut accumulator = collect!(place);
    let room = accumulator.seed(Some(usize::MAX));
    let mut share = fresh_of(&accumulator, &room, 0..2);
    share.push(1);
    accumulator.commit(room, share);
    assert_eq!(place, [0, 1]);
}

#[test]
fn items_without_a_size_are_counted() {
    let mut place = vec![()];
    drive(collect!(place), 100, 2, |mut place, cut| {
        cut.for_each(|_| place.push(()));
        place
    });
    assert_eq!(place.len(), 101);
}

#[test]
fn another_collection_with_a_push_is_appended_to() {
    let (mut text, mut heap) = (String::from("x"), BinaryHeap::new());
    drive(collect!(text), 10, 2, |mut text, cut| {
        cut.for_each(|i| text.push(char::from_digit(i as u32, 10).expect("a digit")));
        text
    });
    drive(collect!(heap), 10, 2, |mut heap, cut| {
        cut.for_each(|i| heap.push(i));
        heap
    });
    assert_eq!((text.as_str(), heap.len()), ("x0123456789", 10));
}

#[test]
fn a_vec_is_reached_as_the_method_call_reaches_it() {
    fn fill(place: &mut Vec<usize>) {
        drive(collect!(place), 10, 2, |mut place, cut| {
            cut.for_each(|i| place.push(i));
            place
        });
    }
    let mut place = Vec::new();
    fill(&mut place);
    assert!(place.into_iter().eq(0..10));
}
