//! What lies behind an exit is as it was: items changed in place, and disjoint writes.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use super::support::{Random, cases, pool, site};
use crate::__private::{Loop, Step, source, window};

/// Something to drop, and no `Clone`.
#[derive(Debug, PartialEq)]
struct Solid(Box<usize>);

/// How an item looks before and after its iteration.
trait Changed: PartialEq + Debug + Send {
    fn new(i: usize) -> Self;
    fn change(&mut self);
    fn changed(i: usize) -> Self;
}

impl Changed for usize {
    fn new(i: usize) -> Self {
        i
    }
    fn change(&mut self) {
        *self += 1000;
    }
    fn changed(i: usize) -> Self {
        i + 1000
    }
}

impl Changed for String {
    fn new(i: usize) -> Self {
        i.to_string()
    }
    fn change(&mut self) {
        self.push('!');
    }
    fn changed(i: usize) -> Self {
        format!("{i}!")
    }
}

impl Changed for Solid {
    fn new(i: usize) -> Self {
        Self(Box::new(i))
    }
    fn change(&mut self) {
        *self.0 += 1000;
    }
    fn changed(i: usize) -> Self {
        Self(Box::new(i + 1000))
    }
}

/// Leaves a loop over each kind of source at `exit`, where lower items are slow and every item
/// behind may panic, and looks at what is left.
macro_rules! leave {
    ($type:ty) => {
        let mut random = Random::new(23);
        for case in 0..cases(150) {
            let len = 1 + random.below(200);
            let exit = random.below(len + len / 4);
            let chunk = 1 + random.below(9);
            let panics = random.below(4) == 0;
            let slow = |i: usize| {
                if i + 20 > exit && i <= exit {
                    thread::yield_now();
                }
                if panics && i > exit {
                    std::panic::resume_unwind(Box::new(i));
                }
            };
            let mut items: Vec<$type> = (0..len).map(Changed::new).collect();
            macro_rules! run {
                ($source:expr, $views:expr, $view:pat, $i:ident, $item:pat, $change:expr) => {
                    Loop::new(site(), $source).pool(pool()).workers(1 + case % 8).chunk(chunk).run_until(
                        (),
                        $views,
                        |(), $view, block| {
                            for ($i, $item) in block {
                                slow($i);
                                if $i == exit {
                                    return ((), Step::Return($i));
                                }
                                $change;
                            }
                            ((), Step::Next)
                        },
                    )
                };
            }
            let found = match case % 4 {
                0 => {
                    let source = source!(items.iter_mut()).enumerate();
                    run!(source, (), (), i, item, item.change())
                }
                1 => {
                    let source = source!(0..len);
                    let views = (window!(items, source),);
                    run!(source.enumerate(), views, (items,), i, _, items[i].change())
                }
                2 => {
                    let source = source!(items.iter_mut()).chunks_mut(1).enumerate();
                    run!(source, (), (), i, part, part[0].change())
                }
                _ => {
                    let source = source!(0..len).zip(source!(&mut items).skip(0).take(len));
                    run!(source, (), (), i, item, item.change())
                }
            };
            assert_eq!(found, (exit < len).then_some(exit));
            for (i, item) in items.iter().enumerate() {
                let expected =
                    if i < exit { <$type>::changed(i) } else { <$type as Changed>::new(i) };
                assert_eq!(*item, expected, "case {case}, exit {exit}");
            }
        }
    };
}

#[test]
fn items_without_drop_are_put_back_by_their_bits() {
    leave!(usize);
}

#[test]
fn items_that_can_be_cloned_are_put_back() {
    leave!(String);
}

#[test]
fn a_loop_over_items_that_cannot_be_put_back_runs_on_one_thread() {
    leave!(Solid);
}

#[test]
fn a_loop_that_is_not_left_keeps_every_change() {
    let mut items: Vec<String> = (0..500).map(|i| i.to_string()).collect();
    let found = Loop::new(site(), source!(items.iter_mut()).rev()).pool(pool()).chunk(3).run_until(
        (),
        (),
        |(), (), block| {
            block.for_each(|item| item.push('!'));
            ((), Step::<()>::Next)
        },
    );
    assert_eq!(found, None);
    assert!(items.into_iter().eq((0..500).map(|i| format!("{i}!"))));
}

#[test]
fn a_panic_puts_back_nothing_that_was_dropped() {
    for _ in 0..cases(100) {
        let mut items: Vec<String> = (0..200).map(|i| i.to_string()).collect();
        let source = source!(items.iter_mut()).enumerate();
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            Loop::new(site(), source).pool(pool()).chunk(1).run_until((), (), |(), (), block| {
                for (i, item) in block {
                    item.push('!');
                    if i % 50 == 49 {
                        std::panic::resume_unwind(Box::new(i));
                    }
                }
                ((), Step::<()>::Next)
            })
        }));
        assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&49usize));
        for (i, item) in items.iter().enumerate() {
            assert_eq!(item.trim_end_matches('!'), i.to_string(), "still a valid string");
        }
    }
}
