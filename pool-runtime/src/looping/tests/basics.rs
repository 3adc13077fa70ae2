//! Every order of accumulator, at every length that matters, on 1 to 8 workers.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::support::{Blocks, Push, Scratch, Sum, Windows, pool, site};
use crate::__private::{Loop, source};

const WORKERS: [usize; 4] = [1, 2, 3, 8];
const LENGTHS: [usize; 12] = [0, 1, 6, 7, 8, 15, 63, 64, 65, 257, 1000, 20_011];

#[test]
fn sums_and_sequences_equal_the_sequential_ones() {
    for workers in WORKERS {
        for len in LENGTHS {
            let mut sum = 1;
            let mut list = vec![usize::MAX];
            Loop::new(site(), source!(0..len)).pool(pool()).workers(workers).run(
                (Sum(&mut sum), Push(&mut list)),
                (),
                |(mut sum, mut list), (), block| {
                    for i in block {
                        sum += i as u64;
                        list.push(i);
                    }
                    (sum, list)
                },
            );
            assert_eq!(sum, 1 + (0..len as u64).sum::<u64>());
            assert!(list.into_iter().eq([usize::MAX].into_iter().chain(0..len)));
        }
    }
}

#[test]
fn float_sums_have_the_same_bits_on_any_number_of_workers() {
    for chunk in [None, Some(1), Some(7), Some(100_000)] {
        for len in LENGTHS {
            let mut first = None;
            for workers in WORKERS {
                let (mut sum, mut borders) = (0.1, Vec::new());
                let mut plan = Loop::new(site(), source!(0..len)).pool(pool()).workers(workers);
                if let Some(chunk) = chunk {
                    plan = plan.chunk(chunk);
                }
                plan.run((), (Blocks(&mut sum, &mut borders),), |(), (share,), block| {
                    for i in block {
                        share.sum += 1.0 / (i as f64 + 0.3);
                    }
                });
                assert_eq!(borders.iter().map(ExactSizeIterator::len).sum::<usize>(), len);
                assert!(borders.windows(2).all(|pair| pair[0].end == pair[1].start));
                if let Some(chunk) = chunk {
                    assert!(borders.iter().all(|block| block.start % chunk == 0));
                }
                let found = (sum.to_bits(), borders);
                assert_eq!(*first.get_or_insert_with(|| found.clone()), found);
            }
        }
    }
}

#[test]
fn a_window_is_made_anew_for_every_stretch_and_covers_all() {
    for workers in WORKERS {
        let windows = Mutex::new(Vec::new());
        Loop::new(site(), source!(0..10_000u32)).pool(pool()).workers(workers).run(
            (),
            (Windows(&windows),),
            |(), ((),), block| {
                block.for_each(drop);
            },
        );
        let mut windows = windows.into_inner().unwrap();
        windows.sort_by_key(|window| window.start);
        assert_eq!(windows.first().map(|window| window.start), Some(0));
        assert_eq!(windows.last().map(|window| window.end), Some(10_000));
        assert!(windows.windows(2).all(|pair| pair[0].end == pair[1].start));
    }
}

#[test]
fn scratch_is_made_once_for_each_worker_and_kept() {
    let made = AtomicUsize::new(0);
    let most = AtomicUsize::new(0);
    Loop::new(site(), source!(0..10_000)).pool(pool()).workers(3).chunk(1).run(
        (),
        (Scratch(&made),),
        |(), (buffer,), block| {
            for _ in block {
                buffer.push(0);
                most.fetch_max(buffer.len(), Relaxed);
            }
        },
    );
    assert!((1..=3).contains(&made.into_inner()));
    assert!(most.into_inner() >= 10_000 / 3);
}

#[test]
fn an_empty_loop_starts_no_share() {
    let made = AtomicUsize::new(0);
    Loop::new(site(), source!(0..0)).run((), (Scratch(&made),), |(), (_,), _| unreachable!());
    assert_eq!(made.into_inner(), 0);
}

#[test]
fn the_body_may_mutate_items_in_place() {
    let mut items: Vec<u32> = (0..10_000).collect();
    Loop::new(site(), source!(items.iter_mut()).enumerate()).pool(pool()).run(
        (),
        (),
        |(), (), block| {
            for (i, item) in block {
                *item += i as u32;
            }
        },
    );
    assert!(items.into_iter().eq((0..10_000).map(|i| 2 * i)));
}

#[test]
fn pulled_iterators_keep_their_order() {
    for workers in WORKERS {
        for len in LENGTHS {
            let mut list = Vec::new();
            let words = (0..len).map(|i| i.to_string());
            Loop::new(site(), source!(words)).pool(pool()).workers(workers).run(
                (Push(&mut list),),
                (),
                |(mut list,), (), block| {
                    for word in block {
                        list.push(word);
                    }
                    (list,)
                },
            );
            assert!(list.into_iter().eq((0..len).map(|i| i.to_string())));
        }
    }
}

#[test]
fn a_worker_count_comes_from_any_integer_type() {
    let mut sum = 0;
    Loop::new(site(), source!(0..10u64)).workers(3u8).chunk(2i128).run(
        (Sum(&mut sum),),
        (),
        |(mut sum,), (), block| {
            for i in block {
                sum += i;
            }
            (sum,)
        },
    );
    assert_eq!(sum, 45);
}

#[test]
#[should_panic = "`workers` must be at least 1"]
fn zero_workers_are_refused_by_name() {
    let _ = Loop::new(site(), source!(0..10)).workers(0);
}

#[test]
fn two_loops_in_one_another_agree_with_the_sequential_ones() {
    let mut sum = 0;
    Loop::new(site(), source!(0..100u64)).pool(pool()).workers(4).chunk(1).run(
        (Sum(&mut sum),),
        (),
        |(mut sum,), (), block| {
            for i in block {
                let mut inner = 0;
                Loop::new(site(), source!(0..i)).pool(pool()).workers(4).run(
                    (Sum(&mut inner),),
                    (),
                    |(mut inner,), (), block| {
                        for j in block {
                            inner += j;
                        }
                        (inner,)
                    },
                );
                sum += inner;
            }
            (sum,)
        },
    );
    assert_eq!(sum, (0..100u64).map(|i| (0..i).sum::<u64>()).sum());
}
