//! `x -= e`, alone or beside `x += e`: a balance that may pass through values its type cannot hold.
//!
//! A share starts from nothing, so the `u32` shares of a loop that only subtracts are all negative.
//! [`Net`] keeps a number's balance in a type that holds those of 2^31 items and more;
//! [`Balance`] keeps what was added and what was subtracted of any other type apart. Whether the
//! result fits is decided once, at the user's place, by the build's own overflow rule.

use std::hint::black_box;
use std::iter::Sum;
use std::num::Wrapping;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::time::Duration;

use super::Order;
use super::rule::{Candidates, Rule};

/// A number whose balance has a built-in rule.
#[diagnostic::on_unimplemented(
    message = "the type of this accumulator was not known in time to choose how `{Self}` is reduced",
    label = "this turned out to be a `{Self}`",
    note = "write its type where it is declared"
)]
pub trait Netted: Copy {
    /// Holds the balance.
    type Wide: Copy + Send;
    /// How shares may be grouped.
    const ORDER: Order;
    /// The balance of nothing.
    const NOTHING: Self::Wide;
    /// The balance after `+= item`.
    fn plus(wide: Self::Wide, item: Self) -> Self::Wide;
    /// The balance after `-= item`.
    fn minus(wide: Self::Wide, item: Self) -> Self::Wide;
    /// The balance of two stretches.
    fn join(wide: Self::Wide, later: Self::Wide) -> Self::Wide;
    /// Adds the balance to the user's place.
    fn settle(&mut self, wide: Self::Wide);
}

/// Does what the build does when an integer leaves its range downwards or upwards.
fn leave_range<T: AddAssign + SubAssign>(downwards: bool, min: T, max: T, one: T) {
    if downwards {
        *black_box(&mut { min }) -= one;
    } else {
        *black_box(&mut { max }) += one;
    }
}

/// Integers that have a wider type.
macro_rules! netted_integers {
    ($($wide:ty: $($type:ident)*;)*) => {$($(
        #[allow(clippy::cast_lossless, reason = "one macro for all integer types")]
        impl Netted for $type {
            type Wide = $wide;
            const ORDER: Order = Order::Any;
            const NOTHING: $wide = 0;
            #[inline]
            fn plus(wide: $wide, item: Self) -> $wide {
                wide.wrapping_add(item as $wide)
            }
            #[inline]
            fn minus(wide: $wide, item: Self) -> $wide {
                wide.wrapping_sub(item as $wide)
            }
            #[inline]
            fn join(wide: $wide, later: $wide) -> $wide {
                wide.wrapping_add(later)
            }
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss,
                    reason = "an unchecked build returns the value modulo 2^bits")]
            fn settle(&mut self, wide: $wide) {
                let total = (*self as $wide).wrapping_add(wide);
                if Self::try_from(total).is_err() {
                    leave_range(total < 0, Self::MIN, Self::MAX, 1);
                }
                *self = total as Self;
            }
        }
    )*)*};
}

netted_integers! {
    i64: u8 u16 u32 i8 i16 i32;
    i128: u64 usize i64 isize;
}

/// A number of 192 bits in two's complement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wide192 {
    low: u128,
    high: i64,
}

impl Wide192 {
    const ZERO: Self = Self { low: 0, high: 0 };

    #[inline]
    fn plus(self, other: Self) -> Self {
        let (low, carry) = self.low.overflowing_add(other.low);
        Self { low, high: self.high.wrapping_add(other.high).wrapping_add(i64::from(carry)) }
    }

    #[inline]
    fn minus(self, other: Self) -> Self {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        Self { low, high: self.high.wrapping_sub(other.high).wrapping_sub(i64::from(borrow)) }
    }
}

impl From<u128> for Wide192 {
    #[inline]
    fn from(low: u128) -> Self {
        Self { low, high: 0 }
    }
}

impl From<i128> for Wide192 {
    #[inline]
    fn from(value: i128) -> Self {
        Self { low: value.cast_unsigned(), high: if value < 0 { -1 } else { 0 } }
    }
}

/// Integers that have none.
macro_rules! netted_widest {
    ($($type:ident)*) => {$(
        impl Netted for $type {
            type Wide = Wide192;
            const ORDER: Order = Order::Any;
            const NOTHING: Wide192 = Wide192::ZERO;
            #[inline]
            fn plus(wide: Wide192, item: Self) -> Wide192 {
                wide.plus(item.into())
            }
            #[inline]
            fn minus(wide: Wide192, item: Self) -> Wide192 {
                wide.minus(item.into())
            }
            #[inline]
            fn join(wide: Wide192, later: Wide192) -> Wide192 {
                wide.plus(later)
            }
            #[allow(clippy::cast_possible_wrap,
                    reason = "an unchecked build returns the value modulo 2^bits")]
            fn settle(&mut self, wide: Wide192) {
                let total = Wide192::from(*self).plus(wide);
                let value = total.low as Self;
                if Wide192::from(value) != total {
                    leave_range(total.high < 0, Self::MIN, Self::MAX, 1);
                }
                *self = value;
            }
        }
    )*};
}

netted_widest!(u128 i128);

/// Types that can be their own balance.
macro_rules! netted_plainly {
    ($order:ident, $nothing:expr; $($type:ty)*) => {$(
        impl Netted for $type {
            type Wide = Self;
            const ORDER: Order = Order::$order;
            const NOTHING: Self = $nothing;
            #[inline]
            fn plus(wide: Self, item: Self) -> Self {
                wide + item
            }
            #[inline]
            fn minus(wide: Self, item: Self) -> Self {
                wide - item
            }
            #[inline]
            fn join(wide: Self, later: Self) -> Self {
                wide + later
            }
            fn settle(&mut self, wide: Self) {
                *self += wide;
            }
        }
    )*};
}

netted_plainly!(Blocks, -0.0; f32 f64);
netted_plainly!(Any, Wrapping(0);
    Wrapping<u8> Wrapping<u16> Wrapping<u32> Wrapping<u64> Wrapping<u128> Wrapping<usize>
    Wrapping<i8> Wrapping<i16> Wrapping<i32> Wrapping<i64> Wrapping<i128> Wrapping<isize>);

impl Netted for Duration {
    /// Nanoseconds.
    type Wide = i128;
    const ORDER: Order = Order::Any;
    const NOTHING: i128 = 0;
    fn plus(wide: i128, item: Self) -> i128 {
        wide + nanoseconds(item)
    }
    fn minus(wide: i128, item: Self) -> i128 {
        wide - nanoseconds(item)
    }
    fn join(wide: i128, later: i128) -> i128 {
        wide + later
    }
    fn settle(&mut self, wide: i128) {
        if wide < 0 {
            *self -= from_nanoseconds(wide.unsigned_abs());
        } else {
            *self += from_nanoseconds(wide.unsigned_abs());
        }
    }
}

/// A duration has at most 2^64 seconds of 10^9 ns: 94 bits.
fn nanoseconds(duration: Duration) -> i128 {
    duration.as_nanos().cast_signed()
}

/// The reverse; more than a duration can hold becomes the longest one.
fn from_nanoseconds(count: u128) -> Duration {
    const SECOND: u128 = 1_000_000_000;
    match u64::try_from(count / SECOND) {
        Ok(seconds) => Duration::new(seconds, (count % SECOND) as u32),
        Err(_) => Duration::MAX,
    }
}

/// A number's balance, as the body sees it.
#[derive(Clone, Copy, Debug)]
pub struct Net<T: Netted> {
    wide: T::Wide,
}

/// Everything else's balance, as the body sees it.
#[derive(Clone, Copy, Debug)]
pub struct Balance<T> {
    plus: T,
    minus: T,
}

impl<T: Netted> AddAssign<T> for Net<T> {
    #[inline]
    fn add_assign(&mut self, item: T) {
        self.wide = T::plus(self.wide, item);
    }
}

impl<T: Netted> AddAssign<&T> for Net<T> {
    #[inline]
    fn add_assign(&mut self, item: &T) {
        *self += *item;
    }
}

impl<T: Netted> SubAssign<T> for Net<T> {
    #[inline]
    fn sub_assign(&mut self, item: T) {
        self.wide = T::minus(self.wide, item);
    }
}

impl<T: Netted> SubAssign<&T> for Net<T> {
    #[inline]
    fn sub_assign(&mut self, item: &T) {
        *self -= *item;
    }
}

impl<T, R> AddAssign<R> for Balance<T>
where
    T: AddAssign<R>,
{
    #[inline]
    fn add_assign(&mut self, item: R) {
        self.plus += item;
    }
}

impl<T, R> SubAssign<R> for Balance<T>
where
    T: AddAssign<R>,
{
    #[inline]
    #[expect(clippy::suspicious_op_assign_impl, reason = "what is subtracted is added up")]
    fn sub_assign(&mut self, item: R) {
        self.minus += item;
    }
}

/// The long-hand forms, `x = x + e` and `x = x - e`.
macro_rules! long_hand {
    ($type:ident<T $(: $bound:ident)?>) => {
        impl<T $(: $bound)?, R> Add<R> for $type<T>
        where
            Self: AddAssign<R>,
        {
            type Output = Self;
            #[inline]
            fn add(mut self, item: R) -> Self {
                self += item;
                self
            }
        }

        impl<T $(: $bound)?, R> Sub<R> for $type<T>
        where
            Self: SubAssign<R>,
        {
            type Output = Self;
            #[inline]
            fn sub(mut self, item: R) -> Self {
                self -= item;
                self
            }
        }
    };
}

long_hand!(Net<T: Netted>);

/// `x = e + x`, beside `x -= e`.
macro_rules! long_hand_reversed {
    ($($type:ty)*) => {$(
        impl Add<Net<$type>> for $type {
            type Output = Net<$type>;
            #[inline]
            fn add(self, sum: Net<$type>) -> Net<$type> {
                sum + self
            }
        }
    )*};
}

long_hand_reversed! {
    i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 Duration
    Wrapping<u8> Wrapping<u16> Wrapping<u32> Wrapping<u64> Wrapping<u128> Wrapping<usize>
    Wrapping<i8> Wrapping<i16> Wrapping<i32> Wrapping<i64> Wrapping<i128> Wrapping<isize>
}

long_hand!(Balance<T>);

/// The balance of numbers.
#[derive(Clone, Copy, Debug)]
pub struct ByNet;

impl<T: Netted> Rule<T> for ByNet {
    type Seed = ();
    type Share = Net<T>;
    const ORDER: Order = T::ORDER;

    fn seed(&self, _: &T) {}
    fn fresh(&self, (): &()) -> Net<T> {
        Net { wide: T::NOTHING }
    }
    fn merge(&self, into: &mut Net<T>, later: Net<T>) {
        into.wide = T::join(into.wide, later.wide);
    }
    fn apply(&self, place: &mut T, total: Net<T>) {
        place.settle(total.wide);
    }
}

/// The balance of a type that has `Sum`.
#[derive(Clone, Copy, Debug)]
pub struct SummedNet;

/// The balance of a type that has `Default`.
#[derive(Clone, Copy, Debug)]
pub struct DefaultedNet;

/// The two rules differ in the identity.
macro_rules! balanced {
    ($rule:ident, $identity:expr, $($bound:tt)*) => {
        impl<T> Rule<T> for $rule
        where
            T: AddAssign + SubAssign + $($bound)*,
        {
            type Seed = ();
            type Share = Balance<T>;
            const ORDER: Order = Order::Blocks;

            fn seed(&self, _: &T) {}
            fn fresh(&self, (): &()) -> Balance<T> {
                Balance { plus: $identity, minus: $identity }
            }
            fn merge(&self, into: &mut Balance<T>, later: Balance<T>) {
                into.plus += later.plus;
                into.minus += later.minus;
            }
            fn apply(&self, place: &mut T, total: Balance<T>) {
                *place += total.plus;
                *place -= total.minus;
            }
        }
    };
}

balanced!(SummedNet, std::iter::empty::<T>().sum(), Sum);
balanced!(DefaultedNet, T::default(), Default);

/// `-`, beside `+` or alone.
#[derive(Clone, Copy, Debug)]
pub struct Balancing;

impl Candidates for Balancing {
    type First = ByNet;
    type Second = SummedNet;
    type Third = DefaultedNet;
    fn first(&self) -> ByNet {
        ByNet
    }
    fn second(&self) -> SummedNet {
        SummedNet
    }
    fn third(&self) -> DefaultedNet {
        DefaultedNet
    }
}

/// `net!(place)`: `place -= e`, alone or beside `place += e`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_net {
    ($place:expr) => {
        $crate::__pool_fold!($crate::__private::op::Balancing, $place)
    };
}
