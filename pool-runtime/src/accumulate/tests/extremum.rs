//! Extrema and their companions.

use super::drive;
use crate::__private::{best, fold, max, min};

const LENS: [usize; 6] = [0, 1, 2, 7, 64, 1000];

/// Runs up and down, with repetitions.
fn item(i: usize) -> i64 {
    (i as i64 * 37) % 101 - 50
}

#[test]
fn extrema_equal_the_sequential_loop() {
    for len in LENS {
        for seed in 0..10 {
            let (mut low, mut high) = (0, 40);
            drive(fold!(low, |a, b| a.min(b)), len, seed, |low, cut| {
                cut.fold(low, |low, i| low.min(item(i)))
            });
            drive(fold!(high, std::cmp::max), len, seed, |mut high, cut| {
                for i in cut {
                    high = std::cmp::max(high, item(i));
                }
                high
            });
            assert_eq!(low, (0..len).map(item).fold(0, i64::min));
            assert_eq!(high, (0..len).map(item).fold(40, i64::max));

            let mut real = f64::NAN;
            drive(fold!(real, |a: f64, b| a.max(b)), len, seed, |mut real, cut| {
                for i in cut {
                    real = real.max(if i == 3 { f64::NAN } else { item(i) as f64 });
                }
                real
            });
            let sequential = (0..len)
                .fold(f64::NAN, |m, i| m.max(if i == 3 { f64::NAN } else { item(i) as f64 }));
            assert_eq!(real.to_bits(), sequential.to_bits());

            let mut word = String::from("k");
            drive(fold!(word, |a, b| a.min(b)), len, seed, |mut word, cut| {
                for i in cut {
                    word = word.min(i.to_string());
                }
                word
            });
            assert_eq!(word, (0..len).fold(String::from("k"), |w, i| w.min(i.to_string())));
        }
    }
}

#[test]
fn extrema_asked_for_by_name_leave_the_body_free() {
    for seed in 0..10 {
        let (mut low, mut high, mut latest) = (7, f32::MIN, Some(3));
        drive(min!(low), 500, seed, |mut low, cut| {
            for i in cut {
                if item(i) < low {
                    low = item(i);
                }
            }
            low
        });
        drive(max!(high), 500, seed, |high, cut| cut.map(|i| item(i) as f32).fold(high, f32::max));
        drive(max!(latest), 500, seed, |latest, cut| cut.map(Some).fold(latest, Ord::max));
        assert_eq!((low, high, latest), (-50, 50.0, Some(499)));
    }
}

#[test]
fn companions_belong_to_the_item_that_the_sequential_loop_finds() {
    for len in LENS {
        for seed in 0..20 {
            let sequential = |last: bool, start: i64| {
                let (mut best, mut arg) = (start, usize::MAX);
                for i in 0..len {
                    if item(i) < best || (last && item(i) == best) {
                        (best, arg) = (item(i), i);
                    }
                }
                (best, arg)
            };
            for start in [i64::MAX, -49, -50, -51] {
                let (mut best, mut arg) = (start, usize::MAX);
                drive(
                    best!((best, arg), |later, so_far| later.0 < so_far.0),
                    len,
                    seed,
                    |((mut best, mut arg), mut best_found), cut| {
                        for i in cut {
                            if item(i) < best {
                                best = item(i);
                                arg = i;
                                best_found = true;
                            }
                        }
                        ((best, arg), best_found)
                    },
                );
                assert_eq!((best, arg), sequential(false, start), "first of the least");

                let (mut best, mut arg) = (start, usize::MAX);
                drive(
                    best!((best, arg,), |later, so_far| later.0 <= so_far.0),
                    len,
                    seed,
                    |((mut best, mut arg), mut best_found), cut| {
                        for i in cut {
                            if item(i) <= best {
                                best = item(i);
                                arg = i;
                                best_found = true;
                            }
                        }
                        ((best, arg), best_found)
                    },
                );
                assert_eq!((best, arg), sequential(true, start), "last of the least");
            }
        }
    }
}

#[test]
fn an_extremum_without_companions_and_through_a_reference() {
    fn greatest(max: &mut f64, items: &[f64], seed: u64) {
        drive(
            best!((*max), |later, so_far| later.0 > so_far.0),
            items.len(),
            seed,
            |((mut max,), mut found), cut| {
                for i in cut {
                    if items[i] > max {
                        max = items[i];
                        found = true;
                    }
                }
                ((max,), found)
            },
        );
    }
    for seed in 0..10 {
        let mut max = 0.5;
        greatest(&mut max, &[0.1, f64::NAN, 0.7, f64::NAN, 0.2], seed);
        assert_eq!(max, 0.7);
        let mut nothing = f64::NAN;
        greatest(&mut nothing, &[0.1, 0.7], seed);
        assert!(nothing.is_nan());
    }
}
