//! A source that the calling thread asks, and the queue behind it.

use std::time::Duration;

use super::full::Full;
use super::take::Take;
use crate::looping::Count;

/// What happens to an item that finds the queue full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFull {
    /// The producer waits, or runs items itself.
    Block,
    /// The new item is dropped.
    Drop,
    /// The item that has waited longest is dropped.
    DropOldest,
    /// The producer runs an item itself.
    Run,
    /// The loop ends.
    Error,
}

/// A local that counts drops: `dropped = lost`.
pub trait Tally {
    /// Adds `count`; a count beyond the type's range is its maximum.
    fn add_count(&mut self, count: u64);
}

macro_rules! tally {
    ($($integer:ty)*) => {$(
        impl Tally for $integer {
            fn add_count(&mut self, count: u64) {
                *self = self.saturating_add(<$integer>::try_from(count).unwrap_or(<$integer>::MAX));
            }
        }
    )*};
}
tally!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

/// How many items wait where nothing else is said. Enough that cheap items are handed over in
/// full batches to some workers, small beside what a loop over them holds anyway.
const QUEUE: usize = 256;

/// `stream!(EXPR)`: an iterator that stays on the calling thread, which hands its items to the
/// workers through a bounded queue.
#[must_use]
pub struct Stream<'s, I> {
    pub(crate) iterator: I,
    pub(crate) bound: usize,
    pub(crate) policy: OnFull,
    pub(crate) dropped: Option<&'s mut dyn Tally>,
    pub(crate) full: Option<&'s mut Option<Full>>,
}

impl<'s, I: Iterator> Stream<'s, I> {
    /// Streams what `items` gives.
    pub fn new(items: impl IntoIterator<IntoIter = I>) -> Self {
        Self {
            iterator: items.into_iter(),
            bound: QUEUE,
            policy: OnFull::Block,
            dropped: None,
            full: None,
        }
    }

    /// At most this many items wait.
    ///
    /// # Panics
    /// When it is less than 1.
    #[track_caller]
    pub fn queue(mut self, queue: impl Count) -> Self {
        self.bound = crate::looping::positive("queue", queue);
        self
    }

    /// What happens to an item that finds the queue full.
    pub fn on_full(mut self, policy: OnFull) -> Self {
        self.policy = policy;
        self
    }

    /// Adds the number of dropped items to `count` when the loop has ended.
    pub fn dropped(mut self, count: &'s mut dyn Tally) -> Self {
        self.dropped = Some(count);
        self
    }

    /// Hands over batches of `size` items as `Vec`s.
    ///
    /// # Panics
    /// When `size` is less than 1.
    #[track_caller]
    pub fn batches(self, size: impl Count) -> BatchStream<'s, I> {
        let size = crate::looping::positive("size", size);
        BatchStream { stream: self, take: Take::Batch { size, linger: None } }
    }

    /// `OnFull::Error`, and where to put the error.
    pub fn full_into(mut self, full: &'s mut Option<Full>) -> Self {
        self.policy = OnFull::Error;
        self.full = Some(full);
        self
    }
}

/// A stream whose items go to the workers in batches.
#[must_use]
pub struct BatchStream<'s, I> {
    pub(crate) stream: Stream<'s, I>,
    pub(crate) take: Take,
}

impl<I> BatchStream<'_, I> {
    /// A batch goes out when its oldest item has waited for this long, full or not.
    pub fn linger(mut self, time: Duration) -> Self {
        if let Take::Batch { linger, .. } = &mut self.take {
            *linger = Some(time);
        }
        self
    }
}

/// What a loop runs over that stays on the calling thread: `stream!(EXPR)`.
#[doc(hidden)]
#[macro_export]
macro_rules! __pool_stream {
    ($iterable:expr) => {
        $crate::__private::Stream::new($iterable)
    };
}
