//! `source!`: from the type of an iterator to the way it is shared.
//!
//! Autoref specialization: `Of<I>` has the method `kind` at several levels of reference, each with
//! its own bounds on `I`, and method lookup takes the first level whose bounds hold. It works on
//! the iterator's type, so it does not touch the inference of the items, and in generic functions
//! the bounds in scope decide. One case is out of reach: whether a closure written in the same
//! function is `Send` is not known when the method is looked up, so an iterator with a closure that
//! captures something local to the thread is taken for `Send`, and refused by rustc afterwards;
//! under `#[bounded]` the calling thread asks it, whatever it is.

use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::{Range, RangeInclusive};
use std::{array, slice, vec};

use super::{Cut, Int, Ints, Mut, Owned, Pull, Shared, Split, Through};
use crate::queue::Stream;

/// What a loop runs over: `source!(EXPR)` for `for pattern in EXPR`.
#[doc(hidden)]
#[macro_export]
macro_rules! __pool_source {
    ($iterable:expr) => {
        match $iterable {
            iterable => {
                #[allow(unused_imports)]
                use $crate::__private::{
                    PickCut as _, PickPull as _, PickSaved as _, PickStream as _,
                    ask::{PickIterator as _, PickNoIterator as _},
                };
                let iterator = (&&$crate::__private::ask::Turn::of(&iterable)).turn(iterable);
                (&&&&$crate::__private::Of::new(&iterator)).kind().source(iterator)
            }
        }
    };
}

/// Stands for an iterator of type `I` in the choice of its kind.
#[derive(Debug)]
pub struct Of<I>(PhantomData<I>);

impl<I> Of<I> {
    /// For this iterator.
    pub fn new(_: &I) -> Self {
        Self(PhantomData)
    }
}

/// First level: cut by index, and its items can be cloned to put them back.
pub trait PickSaved {
    /// The kind chosen.
    #[inline]
    fn kind(&self) -> BySlice {
        BySlice
    }
}
impl<'a, T: Clone + Send> PickSaved for &&&Of<slice::IterMut<'a, T>> {}

/// Second level: cut by index.
pub trait PickCut {
    /// The kind chosen.
    #[inline]
    fn kind(&self) -> ByIndex {
        ByIndex
    }
}
impl<I: AsCut> PickCut for &&Of<I> {}

/// Third level: pulled by the workers.
pub trait PickPull {
    /// The kind chosen.
    #[inline]
    fn kind(&self) -> Pulled {
        Pulled
    }
}
impl<I: Iterator + Send> PickPull for &Of<I> {}

/// Fourth level: the calling thread produces.
pub trait PickStream {
    /// The kind chosen.
    #[inline]
    fn kind(&self) -> Streamed {
        Streamed
    }
}
impl<I: Iterator> PickStream for Of<I> {}

/// The source is an exclusive slice of items that can be cloned.
#[derive(Debug)]
pub struct BySlice;

impl BySlice {
    /// The source.
    #[inline]
    pub fn source<T: Clone + Send>(self, iterator: slice::IterMut<'_, T>) -> Cut<Mut<'_, T>> {
        Cut(Mut::new(iterator.into_slice(), Some(T::clone)))
    }
}

/// The source is cut by index.
#[derive(Debug)]
pub struct ByIndex;

impl ByIndex {
    /// The source.
    #[inline]
    pub fn source<I: AsCut>(self, iterator: I) -> Cut<I::Split> {
        iterator.cut()
    }
}

/// The source is pulled from.
#[derive(Debug)]
pub struct Pulled;

impl Pulled {
    /// The source.
    #[inline]
    pub fn source<I: Iterator + Send>(self, iterator: I) -> Pull<I> {
        Pull(iterator)
    }
}

/// The source stays on the calling thread.
#[derive(Debug)]
pub struct Streamed;

impl Streamed {
    /// The source.
    #[inline]
    pub fn source<'s, I: Iterator>(self, iterator: I) -> Stream<'s, I> {
        Stream::new(iterator)
    }
}

/// An iterator that is cut by index.
pub trait AsCut {
    /// The source it becomes.
    type Split: Split;
    /// The source.
    fn cut(self) -> Cut<Self::Split>;
}

impl<T: Int> AsCut for Range<T>
where
    Range<T>: Iterator<Item = T>,
{
    type Split = Ints<T>;
    #[inline]
    fn cut(self) -> Cut<Ints<T>> {
        Cut(Ints::new(&self))
    }
}

impl<T: Int> AsCut for RangeInclusive<T> {
    type Split = Through<T>;
    #[inline]
    fn cut(self) -> Cut<Through<T>> {
        Cut(Through::new(&self))
    }
}

impl<'a, T: Sync> AsCut for slice::Iter<'a, T> {
    type Split = Shared<'a, T>;
    #[inline]
    fn cut(self) -> Cut<Shared<'a, T>> {
        Cut(Shared { items: self.as_slice() })
    }
}

impl<'a, T: Send> AsCut for slice::IterMut<'a, T> {
    type Split = Mut<'a, T>;
    #[inline]
    fn cut(self) -> Cut<Mut<'a, T>> {
        Cut(Mut::new(self.into_slice(), None))
    }
}

impl<T: Send> AsCut for vec::IntoIter<T> {
    type Split = Owned<T, Vec<T>>;
    #[inline]
    fn cut(self) -> Cut<Self::Split> {
        Cut(Owned::from_vec(self))
    }
}

impl<T: Send, const N: usize> AsCut for array::IntoIter<T, N> {
    type Split = Owned<T, ManuallyDrop<array::IntoIter<T, N>>>;
    #[inline]
    fn cut(self) -> Cut<Self::Split> {
        Cut(Owned::from_array(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::__private::source;
    use std::collections::HashMap;

    trait Named {
        const NAME: &'static str;
    }
    impl<S> Named for Cut<S> {
        const NAME: &'static str = "cut";
    }
    impl<I> Named for Pull<I> {
        const NAME: &'static str = "pull";
    }
    impl<I> Named for Stream<'_, I> {
        const NAME: &'static str = "stream";
    }
    fn name<N: Named>(_: N) -> &'static str {
        N::NAME
    }

    #[test]
    fn the_kind_follows_from_the_type() {
        let mut items = vec![1, 2, 3];
        assert_eq!(name(source!(0..3)), "cut");
        assert_eq!(name(source!(0..=3u8)), "cut");
        assert_eq!(name(source!(&items)), "cut");
        assert_eq!(name(source!(items.iter_mut())), "cut");
        assert_eq!(name(source!(&[1, 2, 3])), "cut");
        assert_eq!(name(source!([1, 2, 3])), "cut");
        assert_eq!(name(source!(items.windows(2))), "cut");
        assert_eq!(name(source!(items.chunks(2).enumerate().rev())), "cut");
        assert_eq!(name(source!((0..3u64).rev())), "cut");
        assert_eq!(name(source!(items.iter().map(|x| x + 1))), "pull");
        assert_eq!(name(source!(&HashMap::<u8, u8>::new())), "pull");
        assert_eq!(name(source!('a'..'f')), "pull");
        assert_eq!(name(source!(items.iter().cloned())), "pull");
        fn local() -> impl Iterator<Item = u8> {
            let step = std::rc::Rc::new(1);
            (0..3).map(move |x| x + *step)
        }
        assert_eq!(name(source!(local())), "stream");
        assert_eq!(name(source!(items)), "cut");
    }

    #[test]
    fn in_generic_functions_the_bounds_decide() {
        fn of_slice<T: Sync>(items: &[T]) -> &'static str {
            name(source!(items))
        }
        fn of_any(items: impl Iterator<Item = u8> + Send) -> &'static str {
            name(source!(items))
        }
        assert_eq!(of_slice(&[1]), "cut");
        assert_eq!(of_any(0..3u8), "pull");
    }
}
