//! [`Accumulate`] for std's types, so that `#[derive(Accumulate)]` finds it in the fields: numbers
//! are added up, containers take in what the later one holds.
//!
//! None of them is to be recommended: to who lacks the trait on a type of their own, a list of
//! these says nothing.

use std::collections::hash_map;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque, btree_map};
use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;
use std::num::{Saturating, Wrapping};
use std::ops::AddAssign;
use std::time::Duration;

use super::Accumulate;

/// Types whose `Default` adds nothing under `+=`.
macro_rules! added {
    ($($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Accumulate for $type {
            fn fresh(&self) -> Self {
                Self::default()
            }
            fn merge(&mut self, later: Self) {
                *self += later;
            }
        }
    )*};
}

added!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize Duration);

macro_rules! floats {
    ($($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Accumulate for $type {
            /// Minus zero: it leaves a minus zero as it is.
            fn fresh(&self) -> Self {
                -0.0
            }
            fn merge(&mut self, later: Self) {
                *self += later;
            }
        }
    )*};
}

floats!(f32 f64);

macro_rules! wrappers {
    ($($wrapper:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Default> Accumulate for $wrapper<T>
        where
            Self: AddAssign,
        {
            fn fresh(&self) -> Self {
                Self(T::default())
            }
            fn merge(&mut self, later: Self) {
                *self += later;
            }
        }
    )*};
}

wrappers!(Wrapping Saturating);

/// Containers that append another one of their kind.
macro_rules! appended {
    ($([$($bounds:tt)*] $type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($bounds)*> Accumulate for $type {
            fn fresh(&self) -> Self {
                Self::new()
            }
            fn merge(&mut self, mut later: Self) {
                self.append(&mut later);
            }
        }
    )*};
}

appended!([T] Vec<T> [T] VecDeque<T> [T: Ord] BinaryHeap<T> [T: Ord] BTreeSet<T>);

#[diagnostic::do_not_recommend]
impl Accumulate for String {
    fn fresh(&self) -> Self {
        Self::new()
    }
    fn merge(&mut self, later: Self) {
        self.push_str(&later);
    }
}

#[diagnostic::do_not_recommend]
impl<T: Eq + Hash, S: BuildHasher + Clone> Accumulate for HashSet<T, S> {
    fn fresh(&self) -> Self {
        Self::with_hasher(self.hasher().clone())
    }
    fn merge(&mut self, later: Self) {
        self.extend(later);
    }
}

/// Values of equal keys are merged.
#[diagnostic::do_not_recommend]
impl<K: Eq + Hash, V: Accumulate, S: BuildHasher + Clone> Accumulate for HashMap<K, V, S> {
    fn fresh(&self) -> Self {
        Self::with_hasher(self.hasher().clone())
    }
    fn merge(&mut self, later: Self) {
        for (key, value) in later {
            match self.entry(key) {
                hash_map::Entry::Occupied(mut known) => known.get_mut().merge(value),
                hash_map::Entry::Vacant(new) => {
                    new.insert(value);
                }
            }
        }
    }
}

/// Values of equal keys are merged.
#[diagnostic::do_not_recommend]
impl<K: Ord, V: Accumulate> Accumulate for BTreeMap<K, V> {
    fn fresh(&self) -> Self {
        Self::new()
    }
    fn merge(&mut self, later: Self) {
        for (key, value) in later {
            match self.entry(key) {
                btree_map::Entry::Occupied(mut known) => known.get_mut().merge(value),
                btree_map::Entry::Vacant(new) => {
                    new.insert(value);
                }
            }
        }
    }
}

/// `None` adds nothing; two values are merged.
#[diagnostic::do_not_recommend]
impl<T: Accumulate> Accumulate for Option<T> {
    fn fresh(&self) -> Self {
        None
    }
    fn merge(&mut self, later: Self) {
        match (self.as_mut(), later) {
            (Some(value), Some(later)) => value.merge(later),
            (None, later) => *self = later,
            (Some(_), None) => {}
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Accumulate> Accumulate for Box<T> {
    fn fresh(&self) -> Self {
        Self::new(T::fresh(self))
    }
    fn merge(&mut self, later: Self) {
        T::merge(self, *later);
    }
}

/// Element by element.
#[diagnostic::do_not_recommend]
impl<T: Accumulate, const N: usize> Accumulate for [T; N] {
    fn fresh(&self) -> Self {
        self.each_ref().map(T::fresh)
    }
    fn merge(&mut self, later: Self) {
        for (value, later) in self.iter_mut().zip(later) {
            value.merge(later);
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized> Accumulate for PhantomData<T> {
    fn fresh(&self) -> Self {
        Self
    }
    fn merge(&mut self, _later: Self) {}
}

#[diagnostic::do_not_recommend]
impl Accumulate for () {
    fn fresh(&self) -> Self {}
    fn merge(&mut self, (): Self) {}
}

macro_rules! tuples {
    ($($($name:ident $index:tt)*;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: Accumulate),*> Accumulate for ($($name,)*) {
            fn fresh(&self) -> Self {
                ($(self.$index.fresh(),)*)
            }
            fn merge(&mut self, later: Self) {
                $(self.$index.merge(later.$index);)*
            }
        }
    )*};
}

tuples! {
    A 0;
    A 0 B 1;
    A 0 B 1 C 2;
    A 0 B 1 C 2 D 3;
    A 0 B 1 C 2 D 3 E 4;
    A 0 B 1 C 2 D 3 E 4 F 5;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `whole` must be what its two parts give, and `fresh` must add nothing on either side.
    fn check<T: Accumulate + Clone + PartialEq + std::fmt::Debug>(first: &T, later: &T, whole: &T) {
        let mut merged = first.clone();
        merged.merge(later.clone());
        assert_eq!(&merged, whole);
        let mut same = first.clone();
        same.merge(first.fresh());
        assert_eq!(&same, first);
        let mut same = first.fresh();
        same.merge(first.clone());
        assert_eq!(&same, first);
    }

    #[test]
    fn merging_two_stretches_gives_the_whole() {
        check(&1_u8, &2, &3);
        check(&1.5_f64, &2.0, &3.5);
        check(&Wrapping(250_u8), &Wrapping(10), &Wrapping(4));
        check(&Duration::from_millis(3), &Duration::from_millis(4), &Duration::from_millis(7));
        check(&String::from("ab"), &String::from("c"), &String::from("abc"));
        check(&vec![1, 2], &vec![3], &vec![1, 2, 3]);
        check(&VecDeque::from([1]), &VecDeque::from([2]), &VecDeque::from([1, 2]));
        check(&BTreeSet::from([1, 2]), &BTreeSet::from([2, 3]), &BTreeSet::from([1, 2, 3]));
        check(&HashSet::from([1, 2]), &HashSet::from([2]), &HashSet::from([1, 2]));
        check(
            &HashMap::from([("a", 1), ("b", 2)]),
            &HashMap::from([("b", 3), ("c", 4)]),
            &HashMap::from([("a", 1), ("b", 5), ("c", 4)]),
        );
        check(
            &BTreeMap::from([(1, vec!['a'])]),
            &BTreeMap::from([(1, vec!['b'])]),
            &BTreeMap::from([(1, vec!['a', 'b'])]),
        );
        check(&Some(1), &Some(2), &Some(3));
        check(&Some(1), &None, &Some(1));
        check(&[1, 2], &[3, 4], &[4, 6]);
        check(
            &(1, vec!['a'], Box::new(2.0)),
            &(2, vec!['b'], Box::new(3.0)),
            &(3, vec!['a', 'b'], Box::new(5.0)),
        );
        check(&((), PhantomData::<str>), &((), PhantomData), &((), PhantomData));
    }

    #[test]
    fn a_fresh_float_leaves_minus_zero() {
        let mut zero = -0.0_f64;
        zero.merge(zero.fresh());
        assert!(zero.is_sign_negative());
    }
}
