//! `x += e` and its relatives.

use std::borrow::Cow;
use std::iter::{Product, Sum};
use std::num::{Saturating, Wrapping};
use std::ops::{AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, MulAssign, Not};
use std::time::Duration;

use super::drive;
use crate::__private::{Accumulator, Order, add, and, merge, mul, or, xor};
use crate::Accumulate;

const LENS: [usize; 7] = [0, 1, 2, 7, 64, 100, 1000];

/// The accumulator's order.
fn order<A: Accumulator>(_: &A) -> Order {
    A::ORDER
}

/// Compares one form with the sequential loop, for all lengths and ten cuts each.
macro_rules! equals_sequential {
    ($form:ident, $start:expr, |$x:ident, $i:ident| $step:stmt) => {
        for len in LENS {
            #[allow(unused_mut)]
            let mut $x = $start;
            for $i in 0..len {
                $step
            }
            let sequential = $x;
            for seed in 0..10 {
                let mut place = $start;
                drive($form!(place), len, seed, |mut $x, cut| {
                    for $i in cut {
                        $step
                    }
                    $x
                });
                assert_eq!(place, sequential, "len {len}, seed {seed}");
            }
        }
    };
}

#[test]
fn integer_operators_equal_the_sequential_loop() {
    equals_sequential!(add, 3_u64, |x, i| x += i as u64 * 7);
    equals_sequential!(add, -3_i32, |x, i| x -= i as i32 - 50);
    equals_sequential!(mul, 3_u64, |x, i| x *= 1 + u64::from(i % 20 == 0));
    equals_sequential!(mul, Wrapping(3_u8), |x, i| x *= Wrapping(i as u8 | 1));
    equals_sequential!(or, 0_u128, |x, i| x |= 1 << (i % 128));
    equals_sequential!(and, u32::MAX, |x, i| x &= !(1 << (i % 31)));
    equals_sequential!(xor, 77_isize, |x, i| x ^= i as isize * 31);
    equals_sequential!(or, false, |x, i| x |= i == 63);
    equals_sequential!(and, true, |x, i| x &= i != 63);
    equals_sequential!(xor, true, |x, i| x ^= i % 3 == 0);
    equals_sequential!(add, Duration::from_secs(1), |x, i| x += Duration::from_nanos(i as u64));
    equals_sequential!(add, Saturating(9_u8), |x, i| x += Saturating(i as u8 % 3));
}

#[test]
fn strings_keep_their_order() {
    equals_sequential!(add, String::from("a"), |x, i| x += &i.to_string());
    equals_sequential!(add, String::with_capacity(64), |x, i| x += &i.to_string());
    equals_sequential!(add, Cow::from("a"), |x, i| x += Cow::from(i.to_string()));
}

#[test]
fn float_results_do_not_depend_on_workers() {
    let mut bits = Vec::new();
    for seed in 0..10 {
        let mut sum = 0.1_f64;
        drive(add!(sum), 1000, seed, |mut sum, cut| {
            for i in cut {
                sum += 1.0 / (i as f64 + 1.0);
            }
            sum
        });
        let mut product = 1.5_f32;
        drive(mul!(product), 1000, seed, |mut product, cut| {
            for i in cut {
                product *= 1.0 + 1.0 / (i as f32 + 3.0);
            }
            product
        });
        assert!((sum - 7.585_470_860_550_344).abs() < 1e-9);
        bits.push((sum.to_bits(), product.to_bits()));
    }
    bits.dedup();
    assert_eq!(bits.len(), 1);
}

#[test]
fn adding_nothing_keeps_the_sign_of_zero() {
    let mut sum = -0.0_f64;
    drive(add!(sum), 10, 1, |sum, _| sum);
    assert!(sum.is_sign_negative());
    drive(add!(sum), 10, 1, |mut sum, cut| {
        for _ in cut {
            sum += -0.0;
        }
        sum
    });
    assert!(sum.is_sign_negative());
}

/// Puts the given shares together, from the left or from the right, and commits them.
fn commit<A: Accumulator>(mut accumulator: A, mut shares: Vec<A::Local>, from_left: bool) {
    let plan = accumulator.seed(None);
    while shares.len() > 1 {
        let at = if from_left { 1 } else { shares.len() - 1 };
        let later = shares.remove(at);
        A::combine(&plan, &mut shares[at - 1], later);
    }
    accumulator.commit(plan, shares.remove(0));
}

#[test]
fn shares_may_leave_the_range_when_the_total_does_not() {
    for from_left in [true, false] {
        let mut sum = -120_i8;
        commit(add!(sum), vec![100, 100, 100, -60, -20], from_left);
        assert_eq!(sum, 100);
    }
}

#[test]
#[cfg(debug_assertions)]
fn a_total_out_of_range_panics_as_the_build_says() {
    let message = |body: fn(bool), from_left| {
        let panic = std::panic::catch_unwind(|| body(from_left)).expect_err("overflows");
        (*panic.downcast_ref::<&str>().expect("a constant message")).to_owned()
    };
    for from_left in [true, false] {
        let sum = |left| commit(add!({ 100_i8 }), vec![100, 100, -60], left);
        let difference = |left| commit(add!({ -100_i8 }), vec![-100, -100, 60], left);
        let product = |left| commit(mul!({ 2_u8 }), vec![16, 16, 1], left);
        assert_eq!(message(sum, from_left), "attempt to add with overflow");
        assert_eq!(message(difference, from_left), "attempt to add with overflow");
        assert_eq!(message(product, from_left), "attempt to multiply with overflow");
    }
}

/// Has `Sum`, `Product` and the assignments, but no `Default`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Modular(u64);

impl AddAssign for Modular {
    fn add_assign(&mut self, other: Self) {
        self.0 = (self.0 + other.0) % 97;
    }
}
impl MulAssign for Modular {
    fn mul_assign(&mut self, other: Self) {
        self.0 = (self.0 * other.0) % 97;
    }
}
impl Sum for Modular {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        Self(items.map(|m| m.0).sum::<u64>() % 97)
    }
}
impl Product for Modular {
    fn product<I: Iterator<Item = Self>>(items: I) -> Self {
        Self(items.map(|m| m.0).product::<u64>() % 97)
    }
}

/// Has `Default` and the assignments, but no `Sum`.
#[derive(Clone, Debug, Default, PartialEq)]
struct Flags(u64);

impl AddAssign for Flags {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}
impl BitOrAssign for Flags {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}
impl BitAndAssign for Flags {
    fn bitand_assign(&mut self, other: Self) {
        self.0 &= other.0;
    }
}
impl BitXorAssign for Flags {
    fn bitxor_assign(&mut self, other: Self) {
        self.0 ^= other.0;
    }
}
impl Not for Flags {
    type Output = Self;
    fn not(self) -> Self {
        Self(!self.0)
    }
}

/// Has only `Accumulate`; `+=` takes another type.
#[derive(Debug, PartialEq)]
struct Mean {
    total: f64,
    count: u64,
}

impl AddAssign<f64> for Mean {
    fn add_assign(&mut self, item: f64) {
        self.total += item;
        self.count += 1;
    }
}
impl Accumulate for Mean {
    fn fresh(&self) -> Self {
        Self { total: 0.0, count: 0 }
    }
    fn merge(&mut self, later: Self) {
        self.total += later.total;
        self.count += later.count;
    }
}

#[test]
fn foreign_types_take_the_rule_that_their_traits_offer() {
    equals_sequential!(add, Modular(5), |x, i| x += Modular(i as u64));
    equals_sequential!(mul, Modular(5), |x, i| x *= Modular(i as u64 + 1));
    equals_sequential!(add, Flags(5), |x, i| x += Flags(i as u64));
    equals_sequential!(or, Flags(5), |x, i| x |= Flags(i as u64));
    equals_sequential!(and, Flags(!5), |x, i| x &= Flags(!(i as u64)));
    equals_sequential!(xor, Flags(5), |x, i| x ^= Flags(i as u64));
    equals_sequential!(add, Mean { total: 1.0, count: 1 }, |x, i| x += i as f64);
    equals_sequential!(merge, Mean { total: 1.0, count: 1 }, |x, i| x += i as f64);
}

#[test]
fn generic_functions_take_the_rule_that_their_bounds_offer() {
    fn summed<T: Copy + Send + Sum + AddAssign>(mut place: T, one: T) -> T {
        drive(add!(place), 10, 1, |mut place, cut| {
            for _ in cut {
                place += one;
            }
            place
        });
        place
    }
    fn defaulted<T: Clone + Send + Default + AddAssign>(mut place: T, one: &T) -> T {
        drive(add!(place), 10, 1, |mut place, cut| {
            for _ in cut {
                place += one.clone();
            }
            place
        });
        place
    }
    fn merged<T: Send + Accumulate + AddAssign<f64>>(place: &mut T) {
        drive(add!(*place), 10, 1, |mut place, cut| {
            for _ in cut {
                place += 2.0;
            }
            place
        });
    }
    assert_eq!(summed(1, 2), 21);
    assert_eq!(summed(Modular(1), Modular(2)), Modular(21));
    assert_eq!(defaulted(Flags(1), &Flags(2)), Flags(21));
    let mut mean = Mean { total: 0.0, count: 0 };
    merged(&mut mean);
    assert_eq!(mean, Mean { total: 20.0, count: 10 });
}

#[test]
fn the_type_is_inferred_from_the_body_as_in_the_sequential_loop() {
    let wide: [u64; 3] = [u64::MAX / 2; 3];
    let mut sum = 0;
    drive(add!(sum), 1, 0, |mut sum, cut| {
        for i in cut {
            sum += &wide[i];
        }
        sum
    });
    let mut real = 0.0;
    drive(add!(real), 3, 0, |mut real, cut| {
        for i in cut {
            real += i as f32;
        }
        real
    });
    let mut open = 0;
    drive(add!(open), 3, 0, |mut open, cut| {
        for _ in cut {
            open += 1;
        }
        open
    });
    assert_eq!((sum, real, open), (u64::MAX / 2, 3.0_f32, 3_i32));
}

#[test]
fn only_exact_groupings_are_free() {
    let (mut int, mut float, mut text, mut foreign) = (0, 0.0, String::new(), Flags(0));
    assert_eq!(order(&add!(int)), Order::Any);
    assert_eq!(order(&add!(float)), Order::Blocks);
    assert_eq!(order(&add!(text)), Order::Sequence);
    assert_eq!(order(&add!(foreign)), Order::Blocks);
    (int, float) = (int + 1, float + 1.0);
    assert_eq!((int, float), (1, 1.0));
}
