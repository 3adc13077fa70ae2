//! `first.zip(second)`: two sources side by side.
//!
//! Items beyond the shorter length belong to nobody; the source asks for them when it is dropped,
//! as those that are moved into the loop must be dropped.

#![allow(unsafe_code, reason = "hands the positions on to both sources")]

use std::iter;
use std::ops::Range;

use super::combine::Whole;
use super::{Cut, Pull, Source, Split};
use crate::queue::Stream;

/// `.zip(other)`.
#[derive(Debug)]
pub struct Zip<A: Split, B: Split> {
    first: A,
    second: B,
    /// The shorter length.
    len: usize,
}

impl<A: Split, B: Split> Split for Zip<A, B> {
    type Item = (A::Item, B::Item);
    type Block = iter::Zip<A::Block, B::Block>;
    type Undo = (A::Undo, B::Undo);

    #[inline]
    fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn undo(&self) -> (A::Undo, B::Undo) {
        (self.first.undo(), self.second.undo())
    }

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> Self::Block {
        // SAFETY: the same positions, asked for as often.
        let first = unsafe { self.first.block(positions.clone()) };
        // SAFETY: the same positions, asked for as often.
        first.zip(unsafe { self.second.block(positions) })
    }
}

impl<A: Split, B: Split> Drop for Zip<A, B> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: no position of this source maps to these.
        drop(unsafe { self.first.block(self.len..self.first.len()) });
        // SAFETY: no position of this source maps to these.
        drop(unsafe { self.second.block(self.len..self.second.len()) });
    }
}

/// A source that can stand second in `first.zip(second)`.
pub trait Zipped<A> {
    /// The pairs.
    type Zip: Source;
    /// `first.zip(self)`.
    fn after(self, first: A) -> Self::Zip;
}

impl<A: Split, B: Split> Zipped<Cut<A>> for Cut<B> {
    type Zip = Cut<Zip<A, B>>;
    #[inline]
    fn after(self, first: Cut<A>) -> Self::Zip {
        let len = first.0.len().min(self.0.len());
        Cut(Zip { first: first.0, second: self.0, len })
    }
}

impl<A: Split, B: Iterator + Send> Zipped<Cut<A>> for Pull<B>
where
    Whole<A>: Send,
{
    type Zip = Pull<iter::Zip<Whole<A>, B>>;
    fn after(self, first: Cut<A>) -> Self::Zip {
        Pull(first.whole().zip(self.0))
    }
}

impl<A: Iterator + Send, B: Split> Zipped<Pull<A>> for Cut<B>
where
    Whole<B>: Send,
{
    type Zip = Pull<iter::Zip<A, Whole<B>>>;
    fn after(self, first: Pull<A>) -> Self::Zip {
        Pull(first.0.zip(self.whole()))
    }
}

impl<A: Iterator + Send, B: Iterator + Send> Zipped<Pull<A>> for Pull<B> {
    type Zip = Pull<iter::Zip<A, B>>;
    fn after(self, first: Pull<A>) -> Self::Zip {
        Pull(first.0.zip(self.0))
    }
}

// One of the two stays on the calling thread, so both do.
macro_rules! by_producer {
    ($([$($generics:tt)*] $first:ty, $second:ty, $a:ty, $b:ty;)*) => {$(
        impl<'s, $($generics)*> Zipped<$first> for $second
        where
            <$a as Iterator>::Item: Send,
            <$b as Iterator>::Item: Send,
        {
            type Zip = Stream<'s, iter::Zip<$a, $b>>;
            fn after(self, first: $first) -> Self::Zip {
                Stream::new(first.by_producer().iterator.zip(self.by_producer().iterator))
            }
        }
    )*};
}
by_producer! {
    [A: Split, B: Iterator] Cut<A>, Stream<'s, B>, Whole<A>, B;
    [A: Iterator, B: Iterator] Pull<A>, Stream<'s, B>, A, B;
    [A: Iterator, B: Iterator] Stream<'s, A>, Stream<'s, B>, A, B;
    [A: Iterator, B: Iterator] Stream<'s, A>, Pull<B>, A, B;
    [A: Iterator, B: Split] Stream<'s, A>, Cut<B>, A, Whole<B>;
}
