//! An extremum with companions: `if e < best { best = e; arg = i; }`.
//!
//! A share is the places' values and whether an item was better than they: the macro adds
//! `best_found = true;` to the user's block. Shares that found nothing are skipped, so the
//! comparison with the user's own value is made once per share, by the body, and ties fall as they
//! do in the sequential loop: to the earlier item for `<`, to the later one for `<=`.

use std::ops::Range;
use std::sync::Mutex;

use super::extremum::unlocked_clone;
use super::{Accumulator, Order};

/// The places that change together.
pub trait Places {
    /// Their values.
    type Values: Clone + Send;
    /// Copies the values.
    fn values(&self) -> Self::Values;
    /// Writes the values back.
    fn set(self, values: Self::Values);
}

/// Tuples of references.
macro_rules! places {
    ($($name:ident $index:tt),*) => {
        impl<$($name: Clone + Send),*> Places for ($(&mut $name,)*) {
            type Values = ($($name,)*);
            fn values(&self) -> Self::Values {
                ($((*self.$index).clone(),)*)
            }
            fn set(self, values: Self::Values) {
                $(*self.$index = values.$index;)*
            }
        }
    };
}

places!(A 0);
places!(A 0, B 1);
places!(A 0, B 1, C 2);
places!(A 0, B 1, C 2, D 3);
places!(A 0, B 1, C 2, D 3, E 4);
places!(A 0, B 1, C 2, D 3, E 4, F 5);
places!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
places!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);

/// An extremum with companions.
#[derive(Debug)]
pub struct Best<P, F> {
    pub(super) places: P,
    pub(super) better: F,
}

/// Replaces `into` by a `later` share that found something better.
pub(super) fn keep_better<V>(
    better: impl Fn(&V, &V) -> bool,
    into: &mut (V, bool),
    later: (V, bool),
) {
    let (values, found) = &*into;
    if later.1 && (!found || better(&later.0, values)) {
        *into = later;
    }
}

impl<P: Places, F> Best<P, F>
where
    F: Fn(&P::Values, &P::Values) -> bool + Sync + Clone,
{
    /// `better(later, so_far)`: whether the later values replace the others.
    pub fn new(places: P, better: F) -> Self {
        Self { places, better }
    }
}

impl<P: Places, F> Accumulator for Best<P, F>
where
    F: Fn(&P::Values, &P::Values) -> bool + Sync + Clone,
{
    type Seed = (Mutex<P::Values>, F);
    type Local = (P::Values, bool);
    const ORDER: Order = Order::Sequence;

    fn seed(&mut self, _: Option<usize>) -> Self::Seed {
        (Mutex::new(self.places.values()), self.better.clone())
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
            self.places.set(values);
        }
    }
}

/// `best!((best, arg), |later, so_far| later.0 < so_far.0)`: `if e < best { best = e; arg = i; }`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_best {
    (($($place:expr),+ $(,)?), $better:expr) => {
        $crate::__private::rule::Best::new(($(&mut $place,)+), $better)
    };
}
