//! Every source of the language against the sequential loop over the same expression.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::mpsc;

use super::support::{Push, pool, site};
use crate::__private::{Loop, source};

/// The items of `$source` as a parallel loop sees them, on 1, 2 and 8 workers, with and without
/// `chunk`, must be those of `$iterable`.
macro_rules! same {
    ($source:expr, $iterable:expr) => {
        for (workers, chunk) in [(1, 0), (2, 0), (8, 0), (2, 1), (8, 5)] {
            let mut found = Vec::new();
            let mut plan = Loop::new(site(), $source).pool(pool()).workers(workers);
            if chunk > 0 {
                plan = plan.chunk(chunk);
            }
            plan.run((Push(&mut found),), (), |(mut found,), (), block| {
                for item in block {
                    found.push(item);
                }
                (found,)
            });
            let expected: Vec<_> = $iterable.into_iter().collect();
            assert!(found == expected, "{} on {workers} workers", stringify!($source));
        }
    };
}

/// Both sides from one expression.
macro_rules! same_as_sequential {
    ($($iterable:expr;)*) => { $(same!(source!($iterable), $iterable);)* };
}

const LENGTHS: [usize; 9] = [0, 1, 2, 4, 5, 6, 63, 64, 1000];

#[test]
fn ranges() {
    for len in LENGTHS {
        let (small, wide) = (len.min(200) as u8, len as i64);
        same_as_sequential! {
            0..len;
            0..=len;
            3..small;
            0..=small;
            -5..wide;
            -wide..=wide;
            (0..wide).rev();
            (0..len).step_by(3);
            (0..len).enumerate();
            (0..len).rev().step_by(2);
            i128::MAX - 7..i128::MAX;
            0..=255u8;
            'a'..'f';
        }
        same!(source!(0..wide).rev(), (0..wide).rev());
        same!(source!(0..=wide).step_by(3), (0..=wide).step_by(3));
        same!(
            source!(0..wide).rev().step_by(7).enumerate(),
            (0..wide).rev().step_by(7).enumerate()
        );
    }
}

#[test]
fn slices_and_vectors() {
    for len in LENGTHS {
        let items: Vec<String> = (0..len).map(|i| i.to_string()).collect();
        let others: Vec<u32> = (0..len as u32 / 2).collect();
        same_as_sequential! {
            &items;
            items.iter();
            items.clone();
            items.clone().into_boxed_slice();
            &items[len / 3..];
            items.iter().rev();
            items.iter().enumerate();
            items.iter().zip(&others);
            items.iter().skip(2).step_by(3);
            items.iter().cloned();
            others.iter().copied();
            items.chunks(3);
            items.chunks_exact(3);
            items.rchunks(3);
            items.windows(2);
            items.windows(2).enumerate();
            items.chunks(4).rev();
            [1, 2, 3];
            &[1, 2, 3];
        }
        same!(source!(items.iter()).enumerate(), items.iter().enumerate());
        same!(source!(items.iter()).zip(source!(&others)), items.iter().zip(&others));
        same!(source!(items.iter()).zip(source!(0..)), items.iter().zip(0..));
        same!(source!(items.clone()).rev(), items.clone().into_iter().rev());
        same!(source!(others.iter()).copied().rev(), others.iter().copied().rev());
        same!(source!(items.iter()).cloned().take(5), items.iter().take(5).cloned());
        same!(source!(items.windows(2)).enumerate(), items.windows(2).enumerate());
    }
}

#[test]
fn exclusive_slices_reach_every_item_once() {
    for len in LENGTHS {
        let mut items: Vec<usize> = vec![0; len];
        let mut expected = items.clone();
        for workers in [1, 2, 8] {
            let run = |plan: Loop<'static, _>| plan.pool(pool()).workers(workers);
            run(Loop::new(site(), source!(&mut items))).run((), (), |(), (), block| {
                for item in block {
                    *item += 1;
                }
            });
            for item in &mut expected {
                *item += 1;
            }
            assert_eq!(items, expected);
        }
        for size in [1, 3, 64] {
            macro_rules! over {
                ($source:expr, $iterable:expr) => {
                    for workers in [1, 2, 8] {
                        let plan = Loop::new(site(), $source).pool(pool()).workers(workers);
                        plan.run((), (), |(), (), block| {
                            for (i, part) in block {
                                for (j, item) in part.iter_mut().enumerate() {
                                    *item = *item * 3 + i + j;
                                }
                            }
                        });
                        for (i, part) in $iterable {
                            for (j, item) in part.iter_mut().enumerate() {
                                *item = *item * 3 + i + j;
                            }
                        }
                        assert_eq!(items, expected);
                    }
                };
            }
            over!(
                source!(items.iter_mut()).chunks_mut(size).enumerate(),
                expected.chunks_mut(size).enumerate()
            );
            over!(
                source!(items.iter_mut()).chunks_exact_mut(size).enumerate(),
                expected.chunks_exact_mut(size).enumerate()
            );
            over!(
                source!(items.chunks_mut(size)).enumerate(),
                expected.chunks_mut(size).enumerate()
            );
            over!(
                source!(0..5).zip(source!(items.iter_mut()).chunks_mut(size)).rev(),
                (0..5).zip(expected.chunks_mut(size)).rev()
            );
            items.iter_mut().chain(&mut expected).for_each(|item| *item %= 1000);
        }
    }
}

#[test]
fn whatever_else_iterates() {
    for len in LENGTHS {
        let map: HashMap<usize, usize> = (0..len).map(|i| (i, i)).collect();
        let tree: BTreeMap<usize, usize> = (0..len).map(|i| (i, i)).collect();
        let deque: VecDeque<usize> = (0..len).collect();
        let text: String = (0..len).map(|i| format!("{i}\n")).collect();
        same_as_sequential! {
            &map;
            map.keys();
            &tree;
            tree.range(3..);
            &deque;
            deque.iter().rev();
            text.lines();
            text.bytes();
            text.chars().filter(|c| c.is_ascii_digit());
            (0..len).flat_map(|i| [i, i + 1]);
            Some(len);
            std::iter::repeat_n(len, len);
        }
    }
}

#[test]
fn channels_are_pulled_as_they_fill() {
    let (sender, receiver) = mpsc::channel();
    let feeder = std::thread::spawn(move || {
        for i in 0..500 {
            sender.send(i).unwrap();
            if i % 100 == 0 {
                std::thread::yield_now();
            }
        }
    });
    let mut found = Vec::new();
    Loop::new(site(), source!(receiver)).pool(pool()).workers(3).run(
        (Push(&mut found),),
        (),
        |(mut found,), (), block| {
            for item in block {
                found.push(item);
            }
            (found,)
        },
    );
    feeder.join().unwrap();
    assert!(found.into_iter().eq(0..500));
}

#[test]
fn generic_parameters_are_sources() {
    fn total<T: Copy + Into<u64> + Sync>(
        items: &[T],
        more: impl Iterator<Item = u64> + Send,
    ) -> u64 {
        let mut all: Vec<u64> = Vec::new();
        Loop::new(site(), source!(items)).run((Push(&mut all),), (), |(mut all,), (), block| {
            for item in block {
                all.push((*item).into());
            }
            (all,)
        });
        Loop::new(site(), source!(more)).run((Push(&mut all),), (), |(mut all,), (), block| {
            for item in block {
                all.push(item);
            }
            (all,)
        });
        all.into_iter().sum()
    }
    assert_eq!(total(&[1u8, 2, 3], 4..=5), 15);
}
