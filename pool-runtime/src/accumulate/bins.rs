//! Reductions per element: `h[any index] += e` on arrays, slices, `Vec` and `VecDeque`, and nested
//! ones.
//!
//! A share has the shape of the user's value with every element fresh, an array's on the heap:
//! it may be larger than a worker's stack. Shares are put together element by element.
//!
//! That takes as long as there are elements, however few items a loop has (100 items counted into
//! 65,536 elements: 17 us, and 0.1 us without). So a loop on the calling thread alone works on the
//! user's elements themselves, where the order of its additions does not matter.

#![allow(unsafe_code, reason = "a share that is the user's own elements")]

use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::ptr;

use super::Order;
use super::parts::{Nothing, Type};
use super::rule::{Rule, Same};

/// A share: elements of its own, or the user's.
pub struct Bins<B: ?Sized> {
    /// Valid, and nobody else's while this lives.
    at: *mut B,
    /// Whether it came from a `Box`, which is dropped with this.
    own: bool,
    elements: PhantomData<B>,
}

// SAFETY: as a `Box`, or a `&mut`.
unsafe impl<B: ?Sized + Send> Send for Bins<B> {}
// SAFETY: as a `Box`, or a `&mut`.
unsafe impl<B: ?Sized + Sync> Sync for Bins<B> {}

impl<B: ?Sized> Bins<B> {
    fn new(elements: Box<B>) -> Self {
        Self { at: Box::into_raw(elements), own: true, elements: PhantomData }
    }

    /// The elements, if they are not the user's.
    fn into_own(self) -> Option<Box<B>> {
        let Self { at, own, .. } = self;
        std::mem::forget(self);
        // SAFETY: it came from a `Box`, and is forgotten here.
        own.then(|| unsafe { Box::from_raw(at) })
    }
}

impl<B: ?Sized> Drop for Bins<B> {
    fn drop(&mut self) {
        if self.own {
            // SAFETY: it came from a `Box`.
            drop(unsafe { Box::from_raw(self.at) });
        }
    }
}

impl<B: ?Sized> Deref for Bins<B> {
    type Target = B;
    #[inline]
    fn deref(&self) -> &B {
        // SAFETY: valid, and borrowed as this is.
        unsafe { &*self.at }
    }
}

impl<B: ?Sized> DerefMut for Bins<B> {
    #[inline]
    fn deref_mut(&mut self) -> &mut B {
        // SAFETY: valid, and borrowed as this is.
        unsafe { &mut *self.at }
    }
}

impl<B: ?Sized> fmt::Debug for Bins<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bins").field("own", &self.own).finish_non_exhaustive()
    }
}

/// Reduces each element by `R`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByBins<R>(pub R);

/// Reduces each element by `R`, inside another container: an array stays in place.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByRow<R>(pub R);

/// What each element of a share starts from.
fn seeds<'a, T: 'a, R: Rule<T>>(
    rule: &R,
    elements: impl IntoIterator<Item = &'a T>,
) -> Vec<R::Seed> {
    elements.into_iter().map(|element| rule.seed(element)).collect()
}

fn fresh<T, R: Rule<T>, S: FromIterator<R::Share>>(rule: &R, seeds: &[R::Seed]) -> S {
    seeds.iter().map(|seed| rule.fresh(seed)).collect()
}

fn merge<'a, T, R: Rule<T, Share: 'a>>(
    rule: &R,
    into: impl IntoIterator<Item = &'a mut R::Share>,
    later: impl IntoIterator<Item = R::Share>,
) {
    into.into_iter().zip(later).for_each(|(into, later)| rule.merge(into, later));
}

fn apply<'a, T: 'a, R: Rule<T>>(
    rule: &R,
    place: impl IntoIterator<Item = &'a mut T>,
    total: impl IntoIterator<Item = R::Share>,
) {
    place.into_iter().zip(total).for_each(|(place, total)| rule.apply(place, total));
}

/// Places whose shares are containers of the same kind, a slice's a `Vec`.
macro_rules! by_element {
    ($($rule:ident: $place:ty, $share:ident $(, $same:ident)?;)*) => {$(
        impl<T, R: Rule<T>> Rule<$place> for $rule<R> {
            type Seed = Vec<R::Seed>;
            type Share = $share<R::Share>;
            const ORDER: Order = R::ORDER;
            const DEAR: bool = true;

            $(fn share_is_place(&self) -> Option<Same<$place, Self::Share>> {
                self.0.share_is_place().map(Same::$same)
            })?
            fn seed(&self, place: &$place) -> Self::Seed {
                seeds(&self.0, place)
            }
            fn fresh(&self, seed: &Self::Seed) -> Self::Share {
                fresh(&self.0, seed)
            }
            fn merge(&self, into: &mut Self::Share, later: Self::Share) {
                merge(&self.0, into, later);
            }
            fn apply(&self, place: &mut $place, total: Self::Share) {
                apply(&self.0, place, total);
            }
        }
    )*};
}

by_element!(
    ByRow: [T], Vec;
    ByRow: Vec<T>, Vec, in_vec;
    ByBins: VecDeque<T>, VecDeque;
    ByRow: VecDeque<T>, VecDeque;
);

impl<T, R: Rule<T>> Rule<[T]> for ByBins<R> {
    type Seed = Vec<R::Seed>;
    type Share = Bins<[R::Share]>;
    const ORDER: Order = R::ORDER;
    const DEAR: bool = true;

    fn seed(&self, place: &[T]) -> Self::Seed {
        seeds(&self.0, place)
    }
    fn fresh(&self, seed: &Self::Seed) -> Self::Share {
        Bins::new(fresh(&self.0, seed))
    }
    unsafe fn in_place(&self, place: &mut [T]) -> Option<Self::Share> {
        let first = self.0.share_is_place()?.pointer(place.as_mut_ptr());
        let at = ptr::slice_from_raw_parts_mut(first, place.len());
        Some(Bins { at, own: false, elements: PhantomData })
    }
    fn merge(&self, into: &mut Self::Share, later: Self::Share) {
        // The user's elements are nobody's later share.
        if let Some(later) = later.into_own() {
            merge(&self.0, into.iter_mut(), later);
        }
    }
    fn apply(&self, place: &mut [T], total: Self::Share) {
        if let Some(total) = total.into_own() {
            apply(&self.0, place, total);
        }
    }
}

impl<T, R: Rule<T>> Rule<Vec<T>> for ByBins<R> {
    type Seed = Vec<R::Seed>;
    type Share = Bins<[R::Share]>;
    const ORDER: Order = R::ORDER;
    const DEAR: bool = true;

    fn seed(&self, place: &Vec<T>) -> Self::Seed {
        seeds(&self.0, place)
    }
    fn fresh(&self, seed: &Self::Seed) -> Self::Share {
        Rule::<[T]>::fresh(self, seed)
    }
    unsafe fn in_place(&self, place: &mut Vec<T>) -> Option<Self::Share> {
        // SAFETY: the caller's promise, word for word.
        unsafe { Rule::<[T]>::in_place(self, place) }
    }
    fn merge(&self, into: &mut Self::Share, later: Self::Share) {
        Rule::<[T]>::merge(self, into, later);
    }
    fn apply(&self, place: &mut Vec<T>, total: Self::Share) {
        Rule::<[T]>::apply(self, place, total);
    }
}

impl<T, R: Rule<T>, const N: usize> Rule<[T; N]> for ByBins<R> {
    type Seed = Vec<R::Seed>;
    type Share = Bins<[R::Share; N]>;
    const ORDER: Order = R::ORDER;
    const DEAR: bool = true;

    fn seed(&self, place: &[T; N]) -> Self::Seed {
        seeds(&self.0, place)
    }
    fn fresh(&self, seed: &Self::Seed) -> Self::Share {
        let Ok(share) = fresh::<_, _, Vec<_>>(&self.0, seed).try_into() else {
            unreachable!("there is one seed per element")
        };
        Bins::new(share)
    }
    unsafe fn in_place(&self, place: &mut [T; N]) -> Option<Self::Share> {
        let first = self.0.share_is_place()?.pointer(place.as_mut_ptr());
        Some(Bins { at: first.cast(), own: false, elements: PhantomData })
    }
    fn merge(&self, into: &mut Self::Share, later: Self::Share) {
        if let Some(later) = later.into_own() {
            let later: Box<[R::Share]> = later;
            merge(&self.0, into.iter_mut(), later);
        }
    }
    fn apply(&self, place: &mut [T; N], total: Self::Share) {
        if let Some(total) = total.into_own() {
            let total: Box<[R::Share]> = total;
            apply(&self.0, place, total);
        }
    }
}

impl<T, R: Rule<T>, const N: usize> Rule<[T; N]> for ByRow<R> {
    type Seed = [R::Seed; N];
    type Share = [R::Share; N];
    const ORDER: Order = R::ORDER;
    const DEAR: bool = true;

    fn share_is_place(&self) -> Option<Same<[T; N], Self::Share>> {
        self.0.share_is_place().map(Same::in_array)
    }
    fn seed(&self, place: &[T; N]) -> Self::Seed {
        place.each_ref().map(|element| self.0.seed(element))
    }
    fn fresh(&self, seed: &Self::Seed) -> Self::Share {
        seed.each_ref().map(|seed| self.0.fresh(seed))
    }
    fn merge(&self, into: &mut Self::Share, later: Self::Share) {
        merge(&self.0, into, later);
    }
    fn apply(&self, place: &mut [T; N], total: Self::Share) {
        apply(&self.0, place, total);
    }
}

/// A row that has the same length whenever it is made.
#[diagnostic::on_unimplemented(
    message = "the rows of a map inside another container are reduced in parallel only if they are arrays",
    label = "how long the rows of type `{Self}` are in the user's map is not known to a worker",
    note = "make the rows arrays, or key one map by both: `m.entry((a, b)).or_default()[i] += e`"
)]
pub trait FixedLength {}

#[diagnostic::do_not_recommend]
impl<T, const N: usize> FixedLength for [T; N] {}
#[diagnostic::do_not_recommend]
impl FixedLength for Nothing {}

/// Asserts it.
pub fn fixed<T: FixedLength>(_rows: &Type<T>) {}

/// `bins!(place, add)`: `place[any index] += e`; `bins!(place, bins(add))`: `place[i][j] += e`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_bins {
    ($place:expr, $($op:tt)+) => {
        $crate::__pool_reach_parts!($crate::__private::rule::ByBins, [], $place, $($op)+)
    };
}
