//! The old value of `x` in `x = x + e` and `x = max(x, e)`, where `x` may not be moved out of: in a
//! closure that must leave `x` behind, or behind a `&mut`.
//!
//! A `Copy` type is copied, as in the sequential loop. What is not was moved there, so that nothing
//! can see what `x` holds until it is assigned: its default is left in it, or it is cloned. The
//! type chooses as it does in [`rule`](super::rule).

use std::marker::PhantomData;
use std::mem;

/// A place's type.
#[derive(Clone, Copy, Debug)]
pub struct TypeOf<T>(PhantomData<T>);

impl<T> TypeOf<T> {
    /// That of `place`.
    #[inline(always)]
    pub fn place(_: &T) -> Self {
        Self(PhantomData)
    }
}

/// How a value is got out of a place that stays usable.
pub trait Take<T> {
    /// The value.
    fn take(self, place: &mut T) -> T;
}

/// By copying it.
#[derive(Clone, Copy, Debug)]
pub struct Copied;

impl<T: Copy> Take<T> for Copied {
    #[inline(always)]
    fn take(self, place: &mut T) -> T {
        *place
    }
}

/// By leaving the default.
#[derive(Clone, Copy, Debug)]
pub struct Emptied;

impl<T: Default> Take<T> for Emptied {
    #[inline(always)]
    fn take(self, place: &mut T) -> T {
        mem::take(place)
    }
}

/// By cloning it.
#[derive(Clone, Copy, Debug)]
pub struct Cloned;

impl<T: Clone> Take<T> for Cloned {
    #[inline(always)]
    fn take(self, place: &mut T) -> T {
        place.clone()
    }
}

/// Answers for `Copy` types.
pub trait PickCopied {
    /// The way.
    #[inline(always)]
    fn way(&self) -> Copied {
        Copied
    }
}

impl<T: Copy> PickCopied for &&TypeOf<T> {}

/// Answers for types that have `Default`.
pub trait PickEmptied {
    /// The way.
    #[inline(always)]
    fn way(&self) -> Emptied {
        Emptied
    }
}

impl<T: Default> PickEmptied for &TypeOf<T> {}

/// Answers for all others, which must be `Clone`.
pub trait PickCloned {
    /// The way.
    #[inline(always)]
    fn way(&self) -> Cloned {
        Cloned
    }
}

impl<T> PickCloned for TypeOf<T> {}

/// The value in a place that is about to be assigned: `taken!(place)`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_taken {
    ($place:expr) => {
        match &mut $place {
            place => {
                #[allow(unused_imports)]
                use $crate::__private::rule::{
                    PickCloned as _, PickCopied as _, PickEmptied as _, Take as _,
                };
                (&&&$crate::__private::rule::TypeOf::place(&*place)).way().take(place)
            }
        }
    };
}
