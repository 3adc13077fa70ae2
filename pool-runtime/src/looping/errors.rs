//! `errors = "all"`: every item runs, and all errors come back, by position.
//!
//! The body of one item becomes the argument of [`Failed::note`]; [`Failures`] is an accumulator
//! in the order of positions like any other, and turns into the function's result after the loop.

use std::error::Error;
use std::marker::PhantomData;
use std::ops::Range;
use std::{fmt, iter, slice, vec};

use crate::accumulate::{Accumulator, Order};

/// The errors of a loop, with the positions of the items that failed, in order. Never empty.
///
/// What a function with `errors = "all"` returns as its error. Positions count the items of the
/// loop from 0.
///
/// ```
/// use pool_runtime::Errors;
///
/// fn report(errors: &Errors<std::num::ParseIntError>) {
///     for (index, error) in errors {
///         println!("line {}: {error}", index + 1);
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errors<E> {
    /// By ascending position, at least one.
    list: Vec<(usize, E)>,
}

#[allow(clippy::len_without_is_empty, reason = "never empty")]
impl<E> Errors<E> {
    /// How many items failed, at least 1.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The error that the sequential loop would have ended with, and the position of its item.
    #[must_use]
    pub fn first(&self) -> (usize, &E) {
        let (index, error) = &self.list[0];
        (*index, error)
    }

    /// The errors in the order of their items.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (usize, &E)> + ExactSizeIterator {
        self.into_iter()
    }
}

impl<E> IntoIterator for Errors<E> {
    type Item = (usize, E);
    type IntoIter = vec::IntoIter<(usize, E)>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a, E> IntoIterator for &'a Errors<E> {
    type Item = (usize, &'a E);
    type IntoIter = iter::Map<slice::Iter<'a, (usize, E)>, fn(&'a (usize, E)) -> (usize, &'a E)>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter().map(|(index, error)| (*index, error))
    }
}

impl<E: fmt::Display> fmt::Display for Errors<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (index, error) = self.first();
        match self.len() {
            1 => write!(f, "item {index} failed: {error}"),
            len => write!(f, "{len} items failed, first item {index}: {error}"),
        }
    }
}

impl<E: Error + 'static> Error for Errors<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.first().1)
    }
}

/// A return type that `errors = "all"` can fill: `Result<_, Errors<_>>`.
#[diagnostic::on_unimplemented(
    message = "`errors = \"all\"` needs a function that returns `Result<_, Errors<E>>`, but this one returns `{Self}`",
    label = "not a `Result` with `pool_runtime::Errors`",
    note = "write `-> Result<T, pool_runtime::Errors<E>>`, where `E` is the error of one item"
)]
pub trait Grouped {
    /// What one item fails with.
    type Error;
    /// All of them.
    fn failed(all: Errors<Self::Error>) -> Self;
}

impl<T, E> Grouped for Result<T, Errors<E>> {
    type Error = E;
    fn failed(all: Errors<E>) -> Self {
        Err(all)
    }
}

/// How a function that returns an `R` leaves with all errors.
#[derive(Debug)]
pub struct Departure<R>(PhantomData<R>);

impl<R> Departure<R> {
    /// From such a function.
    pub const HERE: Self = Self(PhantomData);
}

/// The function returns a `Result` with `Errors`.
pub trait LeavesGrouped<E> {
    /// What it returns.
    type Returned;
    /// The value that it returns.
    fn with(&self, all: Errors<E>) -> Self::Returned;
}

impl<R: Grouped> LeavesGrouped<R::Error> for &Departure<R> {
    type Returned = R;
    fn with(&self, all: Errors<R::Error>) -> R {
        R::failed(all)
    }
}

/// Any other: that it must is said where the errors are collected.
pub trait LeavesOtherwise<E> {
    /// What it returns.
    type Returned;
    /// Does not compile there.
    fn with(&self, all: Errors<E>) -> Self::Returned;
}

impl<R, E> LeavesOtherwise<E> for Departure<R> {
    type Returned = R;
    fn with(&self, _: Errors<E>) -> R {
        unreachable!("such a function does not compile")
    }
}

/// `leave!(Type, errors)`: what a function of that type returns.
#[doc(hidden)]
#[macro_export]
macro_rules! __pool_leave {
    ($type:ty, $all:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::{LeavesGrouped as _, LeavesOtherwise as _};
        (&&$crate::__private::Departure::<$type>::HERE).with($all)
    }};
}

/// Collects the errors of a loop; used through `errors!(failures)` as one of its accumulators.
#[derive(Debug)]
pub struct Failures<E> {
    list: Vec<(usize, E)>,
}

impl<E> Default for Failures<E> {
    fn default() -> Self {
        Self { list: Vec::new() }
    }
}

impl<E> Failures<E> {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What the loop comes to.
    ///
    /// # Errors
    /// All errors, if some item failed.
    pub fn into_result(self) -> Result<(), Errors<E>> {
        if self.list.is_empty() { Ok(()) } else { Err(Errors { list: self.list }) }
    }

    /// As an accumulator of the loop.
    pub fn collect(&mut self) -> CollectFailures<'_, E> {
        CollectFailures(self)
    }
}

/// The accumulator over [`Failures`].
#[derive(Debug)]
pub struct CollectFailures<'a, E>(&'a mut Failures<E>);

/// A worker's share of the failures.
#[derive(Debug)]
pub struct Failed<E> {
    /// The position of the item that runs next.
    position: usize,
    list: Vec<(usize, E)>,
}

impl<E> Failed<E> {
    /// Takes in how the next item ended. To be called once for every item, in order.
    #[inline]
    pub fn note(&mut self, item: Result<(), E>) {
        if let Err(error) = item {
            self.list.push((self.position, error));
        }
        self.position += 1;
    }
}

impl<E: Send> Accumulator for CollectFailures<'_, E> {
    type Seed = ();
    type Local = Failed<E>;
    const ORDER: Order = Order::Sequence;

    #[inline]
    fn seed(&mut self, _: Option<usize>) {}

    #[inline]
    #[allow(unsafe_code, reason = "implements the contract; no unsafe operation inside")]
    unsafe fn fresh((): &(), positions: Range<usize>) -> Failed<E> {
        Failed { position: positions.start, list: Vec::new() }
    }

    fn combine((): &(), into: &mut Failed<E>, later: Failed<E>) {
        into.list.extend(later.list);
    }

    fn failures(total: &Failed<E>) -> u64 {
        total.list.len() as u64
    }

    #[inline]
    fn commit(self, (): (), total: Failed<E>) {
        self.0.list.extend(total.list);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_read_like_a_sentence() {
        let errors = Errors { list: vec![(3, "no number"), (8, "too long")] };
        assert_eq!(errors.to_string(), "2 items failed, first item 3: no number");
        assert_eq!(errors.len(), 2);
        assert_eq!(errors.first(), (3, &"no number"));
        assert_eq!(errors.iter().next_back(), Some((8, &"too long")));
        let one = Errors { list: vec![(0, "empty")] };
        assert_eq!(one.to_string(), "item 0 failed: empty");
        assert!((&errors).into_iter().eq(errors.iter()));
        assert_eq!(errors.into_iter().map(|(index, _)| index).collect::<Vec<_>>(), [3, 8]);
    }
}
