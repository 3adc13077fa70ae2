//! Histograms: on the calling thread alone they are counted in the user's own elements.

use std::thread::sleep;
use std::time::Duration;

use super::support::{pool, site};
use crate::__private::{Loop, Step, bins, source};

const LEN: usize = 1000;

/// What the plain loop makes of `h`, over `0..end`.
fn plainly(mut h: Vec<u64>, end: usize) -> Vec<u64> {
    for i in 0..end {
        let at = i * 7 % h.len();
        h[at] += i as u64;
    }
    h
}

#[test]
fn a_loop_on_one_thread_works_on_the_users_elements_and_others_do_not() {
    for workers in [1, 8] {
        let mut h = vec![3_u64; 40];
        let expected = plainly(h.clone(), LEN);
        let place = h.as_ptr().addr();
        Loop::new(site(), source!(0..LEN)).pool(pool()).workers(workers).run(
            (),
            (bins!(h, add),),
            |(), (h,), block| {
                assert_eq!(h.as_ptr().addr() == place, workers == 1);
                for i in block {
                    h[i * 7 % 40] += i as u64;
                }
            },
        );
        assert_eq!(h, expected);
    }
}

#[test]
fn floats_are_grouped_by_blocks_on_one_thread_too() {
    let mut h = [0.5_f64; 4];
    let place = h.as_ptr().addr();
    Loop::new(site(), source!(0..LEN)).pool(pool()).workers(1).run(
        (),
        (bins!(h, add),),
        |(), (h,), block| {
            assert_ne!(h.as_ptr().addr(), place);
            for i in block {
                h[i % 4] += 1.0;
            }
        },
    );
    assert_eq!(h, [250.5; 4]);
}

#[test]
fn helpers_add_to_what_was_counted_alone() {
    let site = site();
    let mut h = vec![1_u64; 40];
    let mut run = |dear: bool| {
        let expected = plainly(h.clone(), LEN);
        Loop::new(site, source!(0..LEN)).pool(pool()).workers(2).run(
            (),
            (bins!(h, add),),
            |(), (h,), block| {
                for i in block {
                    if dear && i % 100 == 99 {
                        sleep(Duration::from_micros(200));
                    }
                    h[i * 7 % 40] += i as u64;
                }
            },
        );
        assert_eq!(h, expected);
    };
    // Known to be cheap, the loop starts alone; dear all of a sudden, it calls for help.
    for _ in 0..200 {
        run(false);
    }
    let before = site.tally().regions();
    // Of short runs only some look at the clock.
    let helped = (0..200).any(|_| {
        run(true);
        site.tally().regions() > before
    });
    assert!(helped);
}

#[test]
fn what_lies_behind_an_exit_is_not_counted() {
    for workers in [1, 8] {
        let mut h = vec![0_u64; 40];
        let expected = plainly(h.clone(), 700);
        Loop::new(site(), source!(0..LEN)).pool(pool()).workers(workers).run_until(
            (),
            (bins!(h, add),),
            |(), (h,), block| {
                for i in block {
                    if i == 700 {
                        return ((), Step::<()>::Break);
                    }
                    h[i * 7 % 40] += i as u64;
                }
                ((), Step::Next)
            },
        );
        assert_eq!(h, expected);
    }
}
