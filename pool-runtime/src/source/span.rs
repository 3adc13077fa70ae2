//! Sources whose items are numbers at equal distances, so that positions can be told from numbers:
//! ranges, and `rev`, `step_by`, `skip`, `take` over them. A disjoint write `out[i] = e` needs to
//! know which indices belong to a claim.

use std::ops::Range;

use super::combine::{Enumerate, Rev, Skip, StepBy, Take};
use super::range::{Int, Ints, Through};
use super::{Cut, Split};

/// Position `p` holds the number `first + p * step`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    first: i128,
    step: i128,
}

impl Span {
    /// From the smallest to just above the largest index at `positions`. Numbers that no index can
    /// be are left out; distinct positions have disjoint indices, in either direction.
    #[inline]
    pub(crate) fn indices(self, positions: Range<usize>) -> Range<usize> {
        if positions.is_empty() {
            return 0..0;
        }
        // A float sum of 1,400 items beside two slices written asks 176 times: 2 us, without this.
        if self.step == 1
            && let Ok(first) = usize::try_from(self.first)
            && let Some(low) = first.checked_add(positions.start)
            && let Some(high) = first.checked_add(positions.end)
        {
            return low..high;
        }
        self.far_indices(positions)
    }

    /// [`indices`](Self::indices) at any distance, of positions that are not empty.
    fn far_indices(self, positions: Range<usize>) -> Range<usize> {
        let (start, last) = (self.at(positions.start), self.at(positions.end - 1));
        let (low, high) = (start.min(last).max(0), start.max(last).saturating_add(1).max(0));
        clamp(low)..clamp(high)
    }

    fn at(self, position: usize) -> i128 {
        let position = i128::try_from(position).unwrap_or(i128::MAX);
        self.first.saturating_add(self.step.saturating_mul(position))
    }
}

fn clamp(index: i128) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}

/// A source of numbers.
#[diagnostic::on_unimplemented(
    message = "the index of a write to another place per iteration must come from a range",
    label = "this does not run over a range of integers",
    note = "write `for i in 0..out.len()`, or let the loop variable be the element: `for x in out.iter_mut()`"
)]
pub trait Spanned {
    /// Which numbers.
    fn span(&self) -> Span;
}

impl<S: Spanned> Spanned for Cut<S> {
    fn span(&self) -> Span {
        self.0.span()
    }
}

/// A range's first number; one that is no index is as good as another.
fn first<T: Int + TryInto<i128>>(start: T) -> i128 {
    start.try_into().unwrap_or(i128::MAX)
}

impl<T: Int + TryInto<i128>> Spanned for Ints<T> {
    fn span(&self) -> Span {
        Span { first: first(self.start()), step: 1 }
    }
}

impl<T: Int + TryInto<i128>> Spanned for Through<T> {
    fn span(&self) -> Span {
        Span { first: first(self.start()), step: 1 }
    }
}

/// The positions are the numbers.
impl<S> Spanned for Enumerate<S> {
    fn span(&self) -> Span {
        Span { first: 0, step: 1 }
    }
}

impl<S: Spanned + Split> Spanned for Rev<S> {
    fn span(&self) -> Span {
        let span = self.inner().span();
        Span { first: span.at(self.inner().len().saturating_sub(1)), step: -span.step }
    }
}

impl<S: Spanned> Spanned for StepBy<S> {
    fn span(&self) -> Span {
        let span = self.inner().span();
        let step = i128::try_from(self.step()).unwrap_or(i128::MAX);
        Span { step: span.step.saturating_mul(step), ..span }
    }
}

impl<S: Spanned + Split> Spanned for Skip<S> {
    fn span(&self) -> Span {
        let span = self.inner().span();
        Span { first: span.at(self.count()), ..span }
    }
}

impl<S: Spanned + Split> Spanned for Take<S> {
    fn span(&self) -> Span {
        self.inner().span()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::__private::source;

    /// Every number of the source is among the indices of its position, and of no other position.
    #[test]
    #[allow(unsafe_code, reason = "asks each position once")]
    fn the_indices_of_a_position_are_those_of_its_number() {
        macro_rules! check {
            ($($source:expr),* $(,)?) => {$(
                let Cut(split) = $source;
                let span = split.span();
                let mut seen = 0;
                for position in 0..split.len() {
                    let indices = span.indices(position..position + 1);
                    // SAFETY: each position once, within the length.
                    for number in unsafe { split.block(position..position + 1) } {
                        match usize::try_from(number) {
                            Ok(number) => assert_eq!(indices, number..number + 1),
                            Err(_) => assert!(indices.is_empty()),
                        }
                        seen += 1;
                    }
                }
                assert_eq!(seen, split.len());
            )*};
        }
        check!(
            source!(0..10_usize),
            source!(3..10_u8),
            source!(250..=255_u8),
            source!(-3..4_i32),
            source!(5..5),
            source!(0..=9_i64).rev(),
            source!(2..30_usize).step_by(7),
            source!(2..30_usize).step_by(7).rev(),
            source!(2..31_usize).rev().step_by(7).skip(1).take(2),
            source!(0..10_usize).skip(20).rev(),
            source!(u128::MAX - 2..u128::MAX),
        );
        assert_eq!(source!([7, 8].iter()).enumerate().span(), Span { first: 0, step: 1 });
    }

    #[test]
    fn claims_have_disjoint_indices_in_order_or_against_it() {
        for span in [Span { first: -5, step: 3 }, Span { first: 40, step: -3 }] {
            let claims = [0..4, 4..5, 5..12];
            let mut owner = vec![None; 60];
            for (worker, claim) in claims.into_iter().enumerate() {
                for index in span.indices(claim) {
                    assert_eq!(owner[index].replace(worker), None);
                }
            }
        }
    }
}
