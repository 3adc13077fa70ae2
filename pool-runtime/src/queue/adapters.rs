//! Adapters over a source that stays on the calling thread: the standard ones.

use std::iter;

use super::stream::Stream;
use crate::source::Zipped;

impl<'s, I: Iterator> Stream<'s, I> {
    fn adapted<J: Iterator>(self, adapt: impl FnOnce(I) -> J) -> Stream<'s, J> {
        Stream::new(adapt(self.iterator))
    }

    /// The source itself.
    pub fn by_producer(self) -> Self {
        self
    }

    /// As [`Iterator::enumerate`].
    pub fn enumerate(self) -> Stream<'s, iter::Enumerate<I>> {
        self.adapted(Iterator::enumerate)
    }

    /// As [`Iterator::zip`], with another source.
    pub fn zip<Z: Zipped<Self>>(self, other: Z) -> Z::Zip {
        other.after(self)
    }

    /// As [`Iterator::rev`].
    pub fn rev(self) -> Stream<'s, iter::Rev<I>>
    where
        I: DoubleEndedIterator,
    {
        self.adapted(Iterator::rev)
    }

    /// As [`Iterator::step_by`].
    ///
    /// # Panics
    /// When `step` is 0.
    pub fn step_by(self, step: usize) -> Stream<'s, iter::StepBy<I>> {
        self.adapted(|items| items.step_by(step))
    }

    /// As [`Iterator::skip`].
    pub fn skip(self, count: usize) -> Stream<'s, iter::Skip<I>> {
        self.adapted(|items| items.skip(count))
    }

    /// As [`Iterator::take`].
    pub fn take(self, count: usize) -> Stream<'s, iter::Take<I>> {
        self.adapted(|items| items.take(count))
    }

    /// As [`Iterator::copied`].
    pub fn copied<'a, T: Copy + 'a>(self) -> Stream<'s, iter::Copied<I>>
    where
        I: Iterator<Item = &'a T>,
    {
        self.adapted(Iterator::copied)
    }

    /// As [`Iterator::cloned`].
    pub fn cloned<'a, T: Clone + 'a>(self) -> Stream<'s, iter::Cloned<I>>
    where
        I: Iterator<Item = &'a T>,
    {
        self.adapted(Iterator::cloned)
    }
}
