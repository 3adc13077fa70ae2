//! The operators, and the types that the language knows under them.

use std::iter::{Product, Sum};
use std::num::{Saturating, Wrapping};
use std::ops::{AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, MulAssign, Not};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use super::Order;
use super::rule::{BuiltIn, Carry, Defaulted, Rule, Same, Summed};

/// `+`
#[derive(Clone, Copy, Debug)]
pub struct Add;
/// `*`
#[derive(Clone, Copy, Debug)]
pub struct Mul;
/// `|`
#[derive(Clone, Copy, Debug)]
pub struct Or;
/// `&`
#[derive(Clone, Copy, Debug)]
pub struct And;
/// `^`
#[derive(Clone, Copy, Debug)]
pub struct Xor;
/// `wrapping_add`
#[derive(Clone, Copy, Debug)]
pub struct WrappingAdd;
/// `wrapping_mul`
#[derive(Clone, Copy, Debug)]
pub struct WrappingMul;

/// A type with a built-in rule for the operator `O`.
#[diagnostic::on_unimplemented(
    message = "the type of this accumulator was not known in time to choose how `{Self}` is reduced",
    label = "this turned out to be a `{Self}`",
    note = "write its type where it is declared"
)]
pub trait Known<O>: Sized {
    /// How shares may be grouped.
    const ORDER: Order;
    /// The value that adds nothing.
    fn identity() -> Self;
    /// Adds what is next by position.
    fn merge(&mut self, later: Self);
    /// `merge` for shares that may leave the type's range where the total does not.
    fn gather(&mut self, later: Self, carry: &Carry) {
        let _ = carry;
        self.merge(later);
    }
    /// `merge` into the user's place, after `gather`.
    fn settle(&mut self, total: Self, carry: &Carry) {
        let _ = carry;
        self.merge(total);
    }
}

impl<O, T> Rule<T> for BuiltIn<O>
where
    T: Known<O>,
    Self: Sync,
{
    type Seed = ();
    type Share = T;
    const ORDER: Order = T::ORDER;

    fn share_is_place(&self) -> Option<Same<T, T>> {
        // Else where blocks end is part of the result.
        matches!(T::ORDER, Order::Any).then(Same::new)
    }
    fn seed(&self, _: &T) {}
    fn fresh(&self, (): &()) -> T {
        T::identity()
    }
    fn merge(&self, into: &mut T, later: T) {
        into.merge(later);
    }
    fn apply(&self, place: &mut T, total: T) {
        place.merge(total);
    }
    fn gather(&self, carry: &Carry, into: &mut T, later: T) {
        into.gather(later, carry);
    }
    fn settle(&self, carry: &Carry, place: &mut T, total: T) {
        place.settle(total, carry);
    }
}

/// A built-in rule that is the operator's own assignment.
macro_rules! known {
    ($op:ty, $order:ident, $identity:expr, $merge:ident: $($type:ty)*) => {$(
        impl Known<$op> for $type {
            const ORDER: Order = Order::$order;
            #[inline]
            fn identity() -> Self {
                $identity
            }
            #[inline]
            fn merge(&mut self, later: Self) {
                self.$merge(later);
            }
        }
    )*};
}

/// A built-in rule that is an integer's method.
macro_rules! known_wrapping {
    ($op:ty, $identity:expr, $merge:ident: $type:ty) => {
        impl Known<$op> for $type {
            const ORDER: Order = Order::Any;
            #[inline]
            fn identity() -> Self {
                $identity
            }
            #[inline]
            fn merge(&mut self, later: Self) {
                *self = self.$merge(later);
            }
        }
    };
}

/// The rules of the integer types.
macro_rules! known_integers {
    ($($type:ident)*) => {$(
        impl Known<Add> for $type {
            const ORDER: Order = Order::Any;
            #[inline]
            fn identity() -> Self {
                0
            }
            #[inline]
            fn merge(&mut self, later: Self) {
                self.add_assign(later);
            }
            /// Two shares may leave the range together although the place, which has the other
            /// sign, brings them back.
            #[inline]
            fn gather(&mut self, later: Self, carry: &Carry) {
                let (sum, left) = self.overflowing_add(later);
                if left {
                    carry.fetch_add(direction(later > 0), Relaxed);
                }
                *self = sum;
            }
            #[inline]
            fn settle(&mut self, total: Self, carry: &Carry) {
                let (sum, left) = self.overflowing_add(total);
                let carry = carry.load(Relaxed) + if left { direction(total > 0) } else { 0 };
                if carry != 0 {
                    // The sum is out of range: what that does is the build's choice.
                    let mut edge = std::hint::black_box($type::MAX);
                    edge.add_assign(1);
                }
                *self = sum;
            }
        }

        known_wrapping!(WrappingAdd, 0, wrapping_add: $type);
        known_wrapping!(WrappingMul, 1, wrapping_mul: $type);
        known!(Mul, Any, 1, mul_assign: $type);
        known!(Mul, Any, Wrapping(1), mul_assign: Wrapping<$type>);
        known!(Or, Any, 0, bitor_assign: $type);
        known!(And, Any, !0, bitand_assign: $type);
        known!(Xor, Any, 0, bitxor_assign: $type);
        known!(Add, Any, Wrapping(0), add_assign: Wrapping<$type>);
        known!(Or, Any, Wrapping(0), bitor_assign: Wrapping<$type>);
        known!(And, Any, Wrapping(!0), bitand_assign: Wrapping<$type>);
        known!(Xor, Any, Wrapping(0), bitxor_assign: Wrapping<$type>);
    )*};
}

/// Which way a sum has left its range.
const fn direction(up: bool) -> i64 {
    if up { 1 } else { -1 }
}

known_integers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

known!(Or, Any, false, bitor_assign: bool);
known!(And, Any, true, bitand_assign: bool);
known!(Xor, Any, false, bitxor_assign: bool);

// Not `0.0`: adding it to a place that holds `-0.0` would change the sign.
known!(Add, Blocks, -0.0, add_assign: f32 f64);
known!(Mul, Blocks, 1.0, mul_assign: f32 f64);

known!(Add, Any, Self::ZERO, add_assign: Duration);

// The sum of unsigned numbers is cut at the maximum however it is grouped; that of signed ones
// depends on the way there and has no rule.
known!(Add, Any, Saturating(0), add_assign:
    Saturating<u8> Saturating<u16> Saturating<u32> Saturating<u64> Saturating<u128>
    Saturating<usize>);

impl Known<Add> for String {
    const ORDER: Order = Order::Sequence;
    fn identity() -> Self {
        Self::new()
    }
    fn merge(&mut self, later: Self) {
        if self.is_empty() && self.capacity() < later.len() {
            *self = later;
        } else {
            self.push_str(&later);
        }
    }
}

/// The two levels below the built-in rules.
macro_rules! by_assignment {
    ($rule:ident, $op:ty, $merge:ident, $identity:expr, $($bound:tt)*) => {
        impl<T> Rule<T> for $rule<$op>
        where
            T: $($bound)*,
        {
            type Seed = ();
            type Share = T;
            const ORDER: Order = Order::Blocks;

            fn seed(&self, _: &T) {}
            fn fresh(&self, (): &()) -> T {
                $identity
            }
            fn merge(&self, into: &mut T, later: T) {
                into.$merge(later);
            }
            fn apply(&self, place: &mut T, total: T) {
                place.$merge(total);
            }
        }
    };
}

by_assignment!(Summed, Add, add_assign, std::iter::empty::<T>().sum(), Sum + AddAssign);
by_assignment!(Summed, Mul, mul_assign, std::iter::empty::<T>().product(), Product + MulAssign);
by_assignment!(Defaulted, Add, add_assign, T::default(), Default + AddAssign);
by_assignment!(Defaulted, Or, bitor_assign, T::default(), Default + BitOrAssign);
by_assignment!(
    Defaulted,
    And,
    bitand_assign,
    !T::default(),
    Default + Not<Output = T> + BitAndAssign
);
by_assignment!(Defaulted, Xor, bitxor_assign, T::default(), Default + BitXorAssign);

/// `add!(place)`: `place += e`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_add {
    ($place:expr) => {
        $crate::__pool_fold!($crate::__private::rule::Operator($crate::__private::op::Add), $place)
    };
}

/// `mul!(place)`: `place *= e`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_mul {
    ($place:expr) => {
        $crate::__pool_fold!($crate::__private::rule::Operator($crate::__private::op::Mul), $place)
    };
}

/// `or!(place)`: `place |= e`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_or {
    ($place:expr) => {
        $crate::__pool_fold!($crate::__private::rule::Operator($crate::__private::op::Or), $place)
    };
}

/// `and!(place)`: `place &= e`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_and {
    ($place:expr) => {
        $crate::__pool_fold!($crate::__private::rule::Operator($crate::__private::op::And), $place)
    };
}

/// `xor!(place)`: `place ^= e`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_xor {
    ($place:expr) => {
        $crate::__pool_fold!($crate::__private::rule::Operator($crate::__private::op::Xor), $place)
    };
}

/// `wrapping_add!(place)`: `place = place.wrapping_add(e)`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_wrapping_add {
    ($place:expr) => {
        $crate::__pool_fold!(
            $crate::__private::rule::Operator($crate::__private::op::WrappingAdd),
            $place
        )
    };
}

/// `wrapping_mul!(place)`: `place = place.wrapping_mul(e)`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_wrapping_mul {
    ($place:expr) => {
        $crate::__pool_fold!(
            $crate::__private::rule::Operator($crate::__private::op::WrappingMul),
            $place
        )
    };
}

/// `merge!(place)`: `reduce(place)`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_merge {
    ($place:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::rule::Reach as _;
        match $place.__pool_reach() {
            place => {
                let rule = $crate::__private::rule::Merged::of(&*place);
                $crate::__private::rule::Fold::new(place, rule)
            }
        }
    }};
}
