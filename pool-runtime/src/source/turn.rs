//! From what stands behind `in` to an iterator, with one error if there is none.

use std::iter;
use std::marker::PhantomData;

/// Stands for what a loop runs over.
#[derive(Debug)]
pub struct Turn<T>(PhantomData<*const T>);

impl<T> Turn<T> {
    /// For this.
    pub fn of(_: &T) -> Self {
        Self(PhantomData)
    }
}

/// Everything that `for` takes.
pub trait PickIterator<T> {
    /// The iterator's type.
    type Iterator;
    /// The iterator.
    fn turn(&self, iterable: T) -> Self::Iterator;
}

impl<T: IntoIterator> PickIterator<T> for &Turn<T> {
    type Iterator = T::IntoIter;
    #[inline]
    fn turn(&self, iterable: T) -> T::IntoIter {
        iterable.into_iter()
    }
}

/// Anything else: the one error.
pub trait PickNoIterator<T> {
    /// An iterator over whatever the body asks for.
    fn turn<I>(&self, _: T) -> iter::Empty<I>
    where
        T: IntoIterator,
    {
        iter::empty()
    }
}

impl<T> PickNoIterator<T> for Turn<T> {}
