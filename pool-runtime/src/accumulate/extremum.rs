//! Extrema: `x = x.min(e)`, `x = max(x, e)`, `if e < best { best = e; arg = i; }`.
//!
//! Greater than everything is not a value that every type has, so a share starts from a copy of
//! the user's value: an extremum that it takes part in twice is the same extremum. The last form
//! asks for more, because its companions count only with an item that was better: its share says
//! whether there was one ([`best`](super::best)).

use std::cmp::Reverse;
use std::num::Wrapping;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::Order;
use super::rule::{Candidates, Rule};

/// `min`
#[derive(Clone, Copy, Debug)]
pub struct Min;
/// `max`
#[derive(Clone, Copy, Debug)]
pub struct Max;

/// A type whose extrema are built in.
#[diagnostic::on_unimplemented(
    message = "the type of this accumulator was not known in time to choose how `{Self}` is reduced",
    label = "this turned out to be a `{Self}`",
    note = "write its type where it is declared"
)]
pub trait Extremal: Copy {
    /// `Any` where equal values are the same bits.
    const ORDER: Order;
    /// The lesser one.
    fn lesser(self, later: Self) -> Self;
    /// The greater one.
    fn greater(self, later: Self) -> Self;
}

/// The methods of the type, or of `Ord`, that a body calls.
macro_rules! extremal {
    ($order:ident: $($type:ty)*) => {$(
        impl Extremal for $type {
            const ORDER: Order = Order::$order;
            #[inline]
            fn lesser(self, later: Self) -> Self {
                self.min(later)
            }
            #[inline]
            fn greater(self, later: Self) -> Self {
                self.max(later)
            }
        }
    )*};
}

extremal!(Any: u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize bool char
    Wrapping<u8> Wrapping<u16> Wrapping<u32> Wrapping<u64> Wrapping<usize>
    Wrapping<i8> Wrapping<i16> Wrapping<i32> Wrapping<i64> Wrapping<isize>
    Reverse<u8> Reverse<u16> Reverse<u32> Reverse<u64> Reverse<usize>
    Reverse<i8> Reverse<i16> Reverse<i32> Reverse<i64> Reverse<isize>
    Duration Instant SystemTime &str);
// The two zeros are equal: which one is left may depend on the grouping, so that is fixed.
extremal!(Blocks: f32 f64);

/// The extremum of a number.
#[derive(Clone, Copy, Debug)]
pub struct ByNumber<O>(O);

/// The extremum through `Ord`.
#[derive(Clone, Copy, Debug)]
pub struct ByOrd<O>(O);

/// The rules of one direction.
macro_rules! by_direction {
    ($op:ident: $number:ident, $ord:ident) => {
        impl<T: Extremal> Rule<T> for ByNumber<$op> {
            type Seed = T;
            type Share = T;
            const ORDER: Order = T::ORDER;

            fn seed(&self, place: &T) -> T {
                *place
            }
            fn fresh(&self, seed: &T) -> T {
                *seed
            }
            fn merge(&self, into: &mut T, later: T) {
                *into = into.$number(later);
            }
            fn apply(&self, place: &mut T, total: T) {
                *place = place.$number(total);
            }
        }

        impl<T: Ord + Clone> Rule<T> for ByOrd<$op> {
            type Seed = Mutex<T>;
            type Share = T;
            const ORDER: Order = Order::Blocks;

            fn seed(&self, place: &T) -> Mutex<T> {
                Mutex::new(place.clone())
            }
            fn fresh(&self, seed: &Mutex<T>) -> T {
                unlocked_clone(seed)
            }
            fn merge(&self, into: &mut T, later: T) {
                fold_into(into, later, Ord::$ord);
            }
            fn apply(&self, place: &mut T, total: T) {
                fold_into(place, total, Ord::$ord);
            }
        }
    };
}

by_direction!(Min: lesser, min);
by_direction!(Max: greater, max);

/// The user's value, for a share to start from; it need not be `Sync`. Once per share.
pub(super) fn unlocked_clone<T: Clone>(seed: &Mutex<T>) -> T {
    seed.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// `*into = fold(*into, later)` for a value that cannot be moved out.
fn fold_into<T: Clone>(into: &mut T, later: T, fold: impl FnOnce(T, T) -> T) {
    *into = fold(into.clone(), later);
}

/// `min` or `max`, asked for by name: `reduce(x: min)`.
#[derive(Clone, Copy, Debug)]
pub struct Extremum<O>(pub O);

impl<O: Copy> Candidates for Extremum<O> {
    type First = ByNumber<O>;
    type Second = ByOrd<O>;
    type Third = ();
    fn first(&self) -> ByNumber<O> {
        ByNumber(self.0)
    }
    fn second(&self) -> ByOrd<O> {
        ByOrd(self.0)
    }
    fn third(&self) {}
}

/// The body's own function, for a type whose equal values are the same bits.
#[derive(Clone, Copy, Debug)]
pub struct Freely<F>(F);

/// The body's own function, for any other type.
#[derive(Clone, Copy, Debug)]
pub struct InBlocks<F>(F);

impl<T: Extremal, F> Rule<T> for Freely<F>
where
    F: Fn(T, T) -> T + Sync,
{
    type Seed = T;
    type Share = T;
    const ORDER: Order = T::ORDER;

    fn seed(&self, place: &T) -> T {
        *place
    }
    fn fresh(&self, seed: &T) -> T {
        *seed
    }
    fn merge(&self, into: &mut T, later: T) {
        *into = self.0(*into, later);
    }
    fn apply(&self, place: &mut T, total: T) {
        *place = self.0(*place, total);
    }
}

impl<T: Clone, F> Rule<T> for InBlocks<F>
where
    F: Fn(T, T) -> T + Sync,
{
    type Seed = Mutex<T>;
    type Share = T;
    const ORDER: Order = Order::Blocks;

    fn seed(&self, place: &T) -> Mutex<T> {
        Mutex::new(place.clone())
    }
    fn fresh(&self, seed: &Mutex<T>) -> T {
        unlocked_clone(seed)
    }
    fn merge(&self, into: &mut T, later: T) {
        fold_into(into, later, &self.0);
    }
    fn apply(&self, place: &mut T, total: T) {
        fold_into(place, total, &self.0);
    }
}

/// The function that a body folds its items with.
#[derive(Clone, Copy, Debug)]
pub struct Folding<F>(F);

impl<F> Folding<F> {
    /// Says what the function folds, so that its parameters have a type.
    pub fn of<T>(_place: &T, fold: F) -> Self
    where
        F: Fn(T, T) -> T,
    {
        Self(fold)
    }
}

impl<F: Clone> Candidates for Folding<F> {
    type First = Freely<F>;
    type Second = InBlocks<F>;
    type Third = ();
    fn first(&self) -> Freely<F> {
        Freely(self.0.clone())
    }
    fn second(&self) -> InBlocks<F> {
        InBlocks(self.0.clone())
    }
    fn third(&self) {}
}

/// `min!(place)`: `reduce(place: min)`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_min {
    ($place:expr) => {
        $crate::__pool_fold!($crate::__private::op::Extremum($crate::__private::op::Min), $place)
    };
}

/// `max!(place)`: `reduce(place: max)`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_max {
    ($place:expr) => {
        $crate::__pool_fold!($crate::__private::op::Extremum($crate::__private::op::Max), $place)
    };
}

/// `fold!(place, |a, b| a.min(b))`: `place = place.min(e)`, `place = max(place, e)`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_extremum {
    ($place:expr, $fold:expr) => {
        match &mut $place {
            place => {
                let folding = $crate::__private::op::Folding::of(&*place, $fold);
                let rule = $crate::__pool_rule!(folding, place);
                $crate::__private::rule::Fold::new(place, rule)
            }
        }
    };
}
