//! `#[batched]`: a source whose items are batches of another one's.
//!
//! Over slices a batch is a subslice: nothing is copied, and the batches are cut by index. Over
//! everything else a batch is a `Vec`, filled by the worker that claims it. With `linger` batches
//! go through a queue ([`BatchStream`](crate::queue::BatchStream)), since somebody must be able to
//! take a partial one while the source stalls.

use std::slice;

use super::combine::Whole;
use super::cursor::Cut;
use super::dispatch::AsCut;
use super::exclusive::{Mut, MutChunks};
use super::nimble::{Ahead, Trimmed};
use super::owned::Owned;
use super::pull::Pull;
use super::range::{Int, Ints, Through};
use super::slice::Shared;
use super::{Source, Split};
use crate::looping::{Count, positive};
use crate::queue::{BatchStream, Stream};

/// A source that can be batched.
pub trait InBatches: Sized {
    /// The source of the batches.
    type Batches: Source;

    /// Batches of `size` items; the last one may have fewer.
    ///
    /// # Panics
    /// When `size` is less than 1.
    #[track_caller]
    fn batches(self, size: impl Count) -> Self::Batches {
        self.in_batches(positive("size", size))
    }

    /// [`batches`](Self::batches) of a checked size.
    #[doc(hidden)]
    fn in_batches(self, size: usize) -> Self::Batches;
}

impl<'a, T: Sync> InBatches for Cut<Shared<'a, T>> {
    type Batches = Cut<<slice::Chunks<'a, T> as AsCut>::Split>;

    fn in_batches(self, size: usize) -> Self::Batches {
        self.0.items.chunks(size).cut()
    }
}

impl<'a, T: Send> InBatches for Cut<Mut<'a, T>> {
    type Batches = Cut<MutChunks<'a, T>>;

    fn in_batches(self, size: usize) -> Self::Batches {
        self.chunks_mut(size)
    }
}

impl<I: Iterator + Send> InBatches for Pull<I> {
    type Batches = Pull<Batched<I>>;

    fn in_batches(self, size: usize) -> Self::Batches {
        Pull(Batched { items: self.0, size, ended: false })
    }
}

impl<'s, I: Iterator> InBatches for Stream<'s, I>
where
    I::Item: Send,
{
    type Batches = BatchStream<'s, I>;

    fn in_batches(self, size: usize) -> Self::Batches {
        Stream::batches(self, size)
    }
}

macro_rules! by_pulling {
    ($([$($generics:tt)*] $split:ty;)*) => {$(
        impl<$($generics)*> InBatches for Cut<$split>
        where
            $split: Split,
            Whole<$split>: Send,
        {
            type Batches = Pull<Batched<Whole<$split>>>;

            fn in_batches(self, size: usize) -> Self::Batches {
                Pull(Batched { items: self.whole(), size, ended: false })
            }
        }
    )*};
}
by_pulling! {
    [T: Int] Ints<T>;
    [T: Int] Through<T>;
    [T: Send, V] Owned<T, V>;
    [I] Ahead<I>;
    [I] Trimmed<I>;
}

/// An iterator over `Vec`s of another one's items.
#[derive(Clone, Debug)]
pub struct Batched<I> {
    items: I,
    size: usize,
    ended: bool,
}

/// More capacity than this is not reserved on the word of a `size` alone.
const RESERVED: usize = 4096;

/// The next `size` items, or what is left of them. Once `ended`, `items` are asked no more.
pub(crate) fn next_batch<T>(
    items: &mut impl Iterator<Item = T>,
    size: usize,
    ended: &mut bool,
) -> Option<Vec<T>> {
    let first = if *ended { None } else { items.next() }?;
    let mut batch = Vec::with_capacity(size.min(RESERVED));
    batch.push(first);
    batch.extend(items.take(size - 1));
    *ended = batch.len() < size;
    Some(batch)
}

impl<I: Iterator> Iterator for Batched<I> {
    type Item = Vec<I::Item>;

    fn next(&mut self) -> Option<Vec<I::Item>> {
        next_batch(&mut self.items, self.size, &mut self.ended)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (least, most) = self.items.size_hint();
        (least.div_ceil(self.size), most.map(|most| most.div_ceil(self.size)))
    }
}

/// Stands for the loop over the batches of a source, where the loop itself has been refused.
///
/// # Panics
/// Always: nobody runs it.
#[doc(hidden)]
pub fn batch_of<S: Source>(source: S) -> S::Block {
    drop(source);
    unreachable!("this loop has been refused")
}

/// The batches of an expression, for their type.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_batch_of {
    (source, $source:expr) => {
        $crate::__private::batch_of($crate::__private::InBatches::batches(
            $crate::__private::source!($source),
            1,
        ))
    };
    (stream, $source:expr) => {
        $crate::__private::batch_of($crate::__private::batch_stream!($source).batches(1))
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::__private::source;
    use crate::source::{Feed, Lead};

    /// The batches' lengths and all items, as the workers get them.
    fn gather<S, B>(source: S) -> (Vec<usize>, Vec<u32>)
    where
        S: Source,
        S::Block: Iterator<Item = B>,
        B: IntoIterator,
        B::Item: std::borrow::Borrow<u32>,
    {
        let (mut feed, mut lead) = source.open(1);
        let mut hand = <S::Feed as Feed>::Hand::default();
        let (mut sizes, mut all) = (Vec::new(), Vec::new());
        while let Some(claimed) = lead.claim_alone(&mut feed, &mut hand, 2, 1) {
            // SAFETY: the range just claimed.
            #[allow(unsafe_code, reason = "upholds the contract of `Feed::block`")]
            let block = unsafe { feed.block(&mut hand, claimed) };
            for batch in block {
                let before = all.len();
                all.extend(batch.into_iter().map(|item| *std::borrow::Borrow::borrow(&item)));
                sizes.push(all.len() - before);
            }
        }
        (sizes, all)
    }

    #[test]
    fn batches_are_full_but_for_the_last_and_in_order() {
        let mut items: Vec<u32> = (0..10).collect();
        let expected = (vec![4, 4, 2], items.clone());
        assert_eq!(gather(source!(&items).batches(4)), expected);
        assert_eq!(gather(source!(items.iter_mut()).batches(4)), expected);
        assert_eq!(gather(source!(0..10u32).batches(4u8)), expected);
        assert_eq!(gather(source!(0..=9u32).batches(4)), expected);
        assert_eq!(gather(source!(items.iter().copied().filter(|_| true)).batches(4)), expected);
        assert_eq!(gather(source!((0..10u32).rev().rev()).batches(4)), expected);
        assert_eq!(gather(source!([0u32, 1, 2]).batches(100)), (vec![3], vec![0, 1, 2]));
        assert_eq!(gather(source!(items).batches(4)), expected);
        assert_eq!(gather(source!(0..0u32).batches(4)), (vec![], vec![]));
    }

    #[test]
    fn over_slices_nothing_is_copied() {
        let items = [1, 2, 3];
        let (mut feed, mut lead) = source!(&items).batches(2).open(1);
        let mut hand = ();
        let claimed = lead.claim_alone(&mut feed, &mut hand, 1, 1).expect("there are two batches");
        // SAFETY: the range just claimed.
        #[allow(unsafe_code, reason = "upholds the contract of `Feed::block`")]
        let mut block = unsafe { feed.block(&mut hand, claimed) };
        assert!(std::ptr::eq(block.next().expect("one batch"), &raw const items[..2]));
    }

    #[test]
    #[should_panic = "`size` must be at least 1"]
    fn an_empty_batch_is_refused_by_name() {
        drop(source!(0..3).batches(0));
    }

    #[test]
    fn a_source_that_has_ended_is_not_asked_again() {
        let mut asked = 0;
        let source = std::iter::from_fn(|| {
            asked += 1;
            assert!(asked <= 6, "asked behind its end");
            (asked < 6).then_some(asked)
        });
        let mut batches = Batched { items: source, size: 2, ended: false };
        assert_eq!(batches.by_ref().map(|batch| batch.len()).collect::<Vec<_>>(), [2, 2, 1]);
        assert_eq!(batches.next(), None);
    }
}
