//! Batches of a slice in a stream: subslices, as everywhere. What waits in the queue is whole
//! batches, since the items between two dropped ones are no subslice; `queue` and the number of
//! dropped items count items all the same. A slice never stalls, so `linger` has nothing to do.

use std::marker::PhantomData;
use std::slice;
use std::time::Duration;

use super::full::Full;
use super::stream::{OnFull, Stream, Tally};
use crate::looping::{Count, positive};

/// How many batches wait where nothing is said of items.
const QUEUE: usize = 64;

/// Iterators over slices.
pub trait Subslices: Iterator {
    /// Iterates over subslices.
    type Batches: Iterator<Item: Subslice>;
    /// Subslices of `size` items, the last one perhaps of fewer.
    fn subslices(self, size: usize) -> Self::Batches;
}

impl<'a, T> Subslices for slice::Iter<'a, T> {
    type Batches = slice::Chunks<'a, T>;

    fn subslices(self, size: usize) -> Self::Batches {
        self.as_slice().chunks(size)
    }
}

impl<'a, T> Subslices for slice::IterMut<'a, T> {
    type Batches = slice::ChunksMut<'a, T>;

    fn subslices(self, size: usize) -> Self::Batches {
        self.into_slice().chunks_mut(size)
    }
}

/// A batch that is part of a slice.
pub trait Subslice {
    /// How many items it has.
    fn items(&self) -> usize;
}

impl<T> Subslice for &[T] {
    fn items(&self) -> usize {
        self.len()
    }
}

impl<T> Subslice for &mut [T] {
    fn items(&self) -> usize {
        self.len()
    }
}

/// A slice that stays with the calling thread and is to be handed over in batches.
#[must_use]
pub struct SliceStream<'s, I> {
    stream: Stream<'s, I>,
    queue: Option<usize>,
}

impl<'s, I: Subslices> SliceStream<'s, I> {
    /// [`Stream::queue`].
    ///
    /// # Panics
    /// When it is less than 1.
    #[track_caller]
    pub fn queue(mut self, queue: impl Count) -> Self {
        self.queue = Some(positive("queue", queue));
        self
    }

    /// [`Stream::on_full`].
    pub fn on_full(mut self, policy: OnFull) -> Self {
        self.stream = self.stream.on_full(policy);
        self
    }

    /// [`Stream::dropped`].
    pub fn dropped(mut self, count: &'s mut dyn Tally) -> Self {
        self.stream = self.stream.dropped(count);
        self
    }

    /// [`Stream::full_into`].
    pub fn full_into(mut self, full: &'s mut Option<Full>) -> Self {
        self.stream = self.stream.full_into(full);
        self
    }

    /// Hands over subslices of `size` items.
    ///
    /// # Panics
    /// When `size` is less than 1.
    #[track_caller]
    pub fn batches(self, size: impl Count) -> SubsliceStream<'s, I::Batches> {
        let size = positive("size", size);
        let Stream { iterator, bound, policy, dropped, full } = self.stream;
        let (bound, waiting) = match self.queue {
            Some(queue) => (queue, (queue / size).max(1)),
            None => (bound, QUEUE),
        };
        let iterator = iterator.subslices(size);
        SubsliceStream { stream: Stream { iterator, bound, policy, dropped, full }, waiting }
    }
}

/// A stream of subslices.
#[must_use]
pub struct SubsliceStream<'s, I> {
    pub(super) stream: Stream<'s, I>,
    /// So many of them wait at most.
    pub(super) waiting: usize,
}

impl<I> SubsliceStream<'_, I> {
    /// As that of a [`BatchStream`](super::BatchStream): no batch of a slice has to wait for items.
    pub fn linger(self, _: Duration) -> Self {
        self
    }
}

/// Stands for a stream over `I` in the choice of what its batches are.
#[derive(Debug)]
pub struct InBatchesOf<I>(PhantomData<I>);

impl<I> InBatchesOf<I> {
    /// For this stream.
    pub fn stream(_: &Stream<'_, I>) -> Self {
        Self(PhantomData)
    }
}

/// First level: subslices.
pub trait PickSubslices {
    /// The kind chosen.
    fn kind(&self) -> BySubslice {
        BySubslice
    }
}
impl<I: Subslices> PickSubslices for &InBatchesOf<I> {}

/// Second level: `Vec`s.
pub trait PickItems {
    /// The kind chosen.
    fn kind(&self) -> ByItem {
        ByItem
    }
}
impl<I> PickItems for InBatchesOf<I> {}

/// A batch is a subslice.
#[derive(Debug)]
pub struct BySubslice;

impl BySubslice {
    /// The stream.
    pub fn of<I: Subslices>(self, stream: Stream<'_, I>) -> SliceStream<'_, I> {
        SliceStream { stream, queue: None }
    }
}

/// A batch is a `Vec` of items.
#[derive(Debug)]
pub struct ByItem;

impl ByItem {
    /// The stream.
    pub fn of<I>(self, stream: Stream<'_, I>) -> Stream<'_, I> {
        stream
    }
}

/// What a batched loop runs over that stays on the calling thread: `batch_stream!(EXPR)`.
#[doc(hidden)]
#[macro_export]
macro_rules! __pool_batch_stream {
    ($iterable:expr) => {
        match $crate::__private::Stream::new($iterable) {
            stream => {
                #[allow(unused_imports)]
                use $crate::__private::{PickItems as _, PickSubslices as _};
                (&&$crate::__private::InBatchesOf::stream(&stream)).kind().of(stream)
            }
        }
    };
}
