//! Balances.

use std::num::Wrapping;
use std::ops::{AddAssign, SubAssign};
use std::time::Duration;

use super::drive;
use crate::__private::net;

/// Goes down to `low` and up again; the whole of it fits, no half of it does.
macro_rules! passes_through_what_does_not_fit {
    ($($type:ident)*) => {$(
        for seed in 0..10 {
            let mut place = $type::MAX;
            drive(net!(place), 100, seed, |mut place, cut| {
                for i in cut {
                    if i < 50 {
                        place -= $type::MAX / 50;
                    } else {
                        place += &($type::MAX / 50);
                    }
                }
                place
            });
            assert_eq!(place, $type::MAX, "{}, seed {seed}", stringify!($type));
        }
    )*};
}

#[test]
fn shares_may_be_below_nothing() {
    passes_through_what_does_not_fit!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
}

#[test]
fn the_widest_numbers_keep_their_sign() {
    let mut place = i128::MIN;
    drive(net!(place), 5, 3, |mut place, cut| {
        for _ in cut {
            place -= i128::MIN / 4;
        }
        place
    });
    assert_eq!(place, -(i128::MIN / 4));
    let mut place = i128::MAX;
    drive(net!(place), 6, 3, |mut place, cut| {
        for i in cut {
            if i < 3 {
                place -= i128::MAX;
            } else {
                place += i128::MAX;
            }
        }
        place
    });
    assert_eq!(place, i128::MAX);
}

#[test]
#[cfg(debug_assertions)]
fn a_result_out_of_range_panics_as_the_build_says() {
    fn message(body: fn()) -> String {
        let panic = std::panic::catch_unwind(body).expect_err("leaves the range");
        (*panic.downcast_ref::<&str>().expect("a constant message")).to_owned()
    }
    macro_rules! leave {
        ($($type:ident)*) => {$(
            let below = || {
                let mut place = $type::MIN + 3;
                drive(net!(place), 4, 0, |place, cut| cut.fold(place, |place, _| place - 1));
            };
            let above = || {
                let mut place = $type::MAX - 3;
                drive(net!(place), 4, 0, |place, cut| cut.fold(place, |place, _| place + 1));
            };
            assert_eq!(message(below), "attempt to subtract with overflow");
            assert_eq!(message(above), "attempt to add with overflow");
        )*};
    }
    leave!(u8 u64 u128 i32 i64 i128);
}

#[test]
fn floats_durations_and_wrapping_numbers_have_a_balance() {
    let mut bits = Vec::new();
    for seed in 0..10 {
        let mut real = 1.0_f64;
        drive(net!(real), 100, seed, |mut real, cut| {
            for i in cut {
                real -= 0.1 / (i as f64 + 1.0);
            }
            real
        });
        assert!((real - 0.481_262).abs() < 1e-6);
        bits.push(real.to_bits());

        let mut rest = Duration::from_secs(10);
        drive(net!(rest), 100, seed, |mut rest, cut| {
            for _ in cut {
                rest -= Duration::from_millis(100);
            }
            rest
        });
        assert_eq!(rest, Duration::ZERO);

        let mut wrapping = Wrapping(3_u8);
        drive(net!(wrapping), 100, seed, |mut wrapping, cut| {
            for i in cut {
                wrapping -= Wrapping(i as u8);
            }
            wrapping
        });
        assert_eq!(wrapping.0, (0..100_u8).fold(3_u8, u8::wrapping_sub));
    }
    bits.dedup();
    assert_eq!(bits.len(), 1);
}

#[test]
#[should_panic(expected = "overflow when subtracting durations")]
fn a_duration_below_zero_panics_as_it_does_sequentially() {
    let mut rest = Duration::from_millis(50);
    drive(net!(rest), 1, 0, |mut rest, _| {
        rest -= Duration::from_secs(1);
        rest
    });
}

/// Cannot be negative, and can only be subtracted from what is larger.
#[derive(Clone, Debug, Default, PartialEq)]
struct Money(u32);

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 = self.0.checked_add(other.0).expect("too much");
    }
}
impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        self.0 = self.0.checked_sub(other.0).expect("too little");
    }
}

#[test]
fn foreign_types_keep_what_was_added_and_subtracted_apart() {
    for seed in 0..10 {
        let mut account = Money(1000);
        drive(net!(account), 100, seed, |mut account, cut| {
            for i in cut {
                if i % 2 == 0 {
                    account -= Money(15);
                } else {
                    account += Money(1);
                }
            }
            account
        });
        assert_eq!(account, Money(300));
    }
}

#[test]
fn the_type_is_inferred_from_the_body() {
    let costs: Vec<u16> = (1..=10).collect();
    let mut left = 100;
    drive(net!(left), 10, 4, |mut left, cut| {
        for i in cut {
            left -= costs[i];
        }
        left
    });
    assert_eq!(left, 45);
}
