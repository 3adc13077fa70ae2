//! Places that the body also reaches in another way: `self.total += self.cost(i)`.
//!
//! An accumulator borrows its place for as long as the loop runs, and `self.cost(i)` needs all of
//! `self`. So what the shares need to start is taken from the place before the loop, and the total
//! is kept apart until the body is done with the rest:
//!
//! ```text
//! let mut total_apart = add!(self.total).apart();
//! Loop::new(..).run((total_apart.share(),), ..);
//! total_apart.settle(&mut self.total);
//! ```
//!
//! After a panic nothing is settled, as nothing is committed otherwise.

use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Mutex;

use super::best::{Best, Places, keep_better};
use super::extremum::unlocked_clone;
use super::rule::{Carry, Fold, Plot, Rule};
use super::{Accumulator, Gathered, Order};

/// A reduction without its place.
#[allow(missing_debug_implementations, reason = "would ask for bounds on the rule's types")]
pub struct Apart<T: ?Sized, R: Rule<T>> {
    /// Until the loop starts.
    start: Option<Plot<R, R::Seed>>,
    /// When the loop has ended, as is `total`.
    plot: Option<Plot<R, R::Seed>>,
    total: Option<R::Share>,
    place: PhantomData<fn(&T)>,
}

impl<T: ?Sized, R: Rule<T> + Clone> Fold<'_, T, R> {
    /// Lets go of the place until [`Apart::settle`].
    pub fn apart(self) -> Apart<T, R> {
        let seed = self.rule.seed(self.place);
        let plot = Plot { rule: self.rule, seed, carry: Carry::new(0) };
        Apart { start: Some(plot), plot: None, total: None, place: PhantomData }
    }
}

impl<T: ?Sized, R: Rule<T>> Apart<T, R> {
    /// The accumulator of the loop.
    pub fn share(&mut self) -> ApartShare<'_, T, R> {
        ApartShare(self)
    }

    /// Adds the loop's total to the place.
    pub fn settle(self, place: &mut T) {
        if let (Some(plot), Some(total)) = (self.plot, self.total) {
            plot.rule.settle(&plot.carry, place, total);
        }
    }
}

/// The accumulator over an [`Apart`].
#[allow(missing_debug_implementations, reason = "would ask for bounds on the rule's types")]
pub struct ApartShare<'a, T: ?Sized, R: Rule<T>>(&'a mut Apart<T, R>);

impl<T: ?Sized, R: Rule<T, Seed: Sync, Share: Gathered>> Accumulator for ApartShare<'_, T, R> {
    type Seed = Plot<R, R::Seed>;
    type Local = R::Share;
    const ORDER: Order = R::ORDER;
    const DEAR: bool = R::DEAR;

    fn seed(&mut self, _: Option<usize>) -> Self::Seed {
        self.0.start.take().expect("a loop starts once")
    }

    #[allow(unsafe_code, reason = "implements a trait whose contract is not needed here")]
    unsafe fn fresh(plot: &Self::Seed, _: Range<usize>) -> Self::Local {
        plot.rule.fresh(&plot.seed)
    }

    fn combine(plot: &Self::Seed, into: &mut Self::Local, later: Self::Local) {
        plot.rule.gather(&plot.carry, into, later);
    }

    fn commit(self, plot: Self::Seed, total: Self::Local) {
        self.0.plot = Some(plot);
        self.0.total = Some(total);
    }
}

/// An extremum with companions without its places.
#[derive(Debug)]
pub struct BestApart<V, F> {
    start: Option<(V, F)>,
    total: Option<V>,
}

impl<P: Places, F> Best<P, F>
where
    F: Fn(&P::Values, &P::Values) -> bool + Sync + Clone,
{
    /// Lets go of the places until [`BestApart::settle`].
    pub fn apart(self) -> BestApart<P::Values, F> {
        BestApart { start: Some((self.places.values(), self.better)), total: None }
    }
}

impl<V, F> BestApart<V, F> {
    /// The accumulator of the loop.
    pub fn share(&mut self) -> BestShare<'_, V, F> {
        BestShare(self)
    }

    /// Writes the loop's best into the places.
    pub fn settle(self, places: impl Places<Values = V>) {
        if let Some(values) = self.total {
            places.set(values);
        }
    }
}

/// The accumulator over a [`BestApart`].
#[derive(Debug)]
pub struct BestShare<'a, V, F>(&'a mut BestApart<V, F>);

impl<V, F> Accumulator for BestShare<'_, V, F>
where
    V: Clone + Send,
    F: Fn(&V, &V) -> bool + Sync + Clone,
{
    type Seed = (Mutex<V>, F);
    type Local = (V, bool);
    const ORDER: Order = Order::Sequence;

    fn seed(&mut self, _: Option<usize>) -> Self::Seed {
        let (values, better) = self.0.start.take().expect("a loop starts once");
        (Mutex::new(values), better)
    }

    #[allow(unsafe_code, reason = "implements a trait whose contract is not needed here")]
    unsafe fn fresh((values, _): &Self::Seed, _: Range<usize>) -> Self::Local {
        (unlocked_clone(values), false)
    }

    fn combine((_, better): &Self::Seed, into: &mut Self::Local, later: Self::Local) {
        keep_better(better, into, later);
    }

    fn commit(self, _: Self::Seed, (values, found): Self::Local) {
        if found {
            self.0.total = Some(values);
        }
    }
}
