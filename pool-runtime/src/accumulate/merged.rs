//! The rule through [`Accumulate`]: what `reduce(x)` asks for, and what an operator falls back to.

use std::sync::{Mutex, PoisonError};

use super::rule::Rule;
use super::{Accumulate, Order};

/// The rule of a type that is `Accumulate`.
///
/// It carries the type's functions as values, so that a type that is not `Accumulate` is an error
/// where the rule is made, and nowhere else.
#[derive(Debug)]
pub struct Merged<T> {
    fresh: fn(&T) -> T,
    merge: fn(&mut T, T),
}

impl<T: Accumulate> Merged<T> {
    /// The rule of `T`.
    pub(crate) fn new() -> Self {
        Self { fresh: T::fresh, merge: T::merge }
    }

    /// The rule for the type of `place`.
    pub fn of(_place: &T) -> Self {
        Self::new()
    }
}

impl<T> Clone for Merged<T> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<T> Rule<T> for Merged<T> {
    /// A fresh value to ask for more of: the place itself is with the caller, and `T` need not be
    /// `Sync`. The lock is taken once per share.
    type Seed = Mutex<T>;
    type Share = T;
    const ORDER: Order = Order::Blocks;

    fn seed(&self, place: &T) -> Mutex<T> {
        Mutex::new((self.fresh)(place))
    }
    fn fresh(&self, seed: &Mutex<T>) -> T {
        (self.fresh)(&seed.lock().unwrap_or_else(PoisonError::into_inner))
    }
    fn merge(&self, into: &mut T, later: T) {
        (self.merge)(into, later);
    }
    fn apply(&self, place: &mut T, total: T) {
        (self.merge)(place, total);
    }
}
