//! Reductions per key that start from more than nothing: `*m.entry(k).or_insert(10) += e`,
//! `m.entry(k).and_modify(|v| *v += 1).or_insert(5)`.
//!
//! A worker does not know whether a key is in the user's map, or comes up earlier in the loop, and
//! what the body does depends on it. So a share keeps, per key, both outcomes of its first access:
//! `base` is what the key starts with if it is absent, `head` what the modification adds if it is
//! present. Everything after the first access is added in either case and goes to `rest`.
//!
//! ```text
//! absent before:   base  + rest          present with v:   v + head + rest
//! earlier share:   (base, head, rest + later.head + later.rest)
//! ```
//!
//! What `head` and `rest` start from has the shape of the value: a row has as many elements as its
//! base, or as the row that the user's map holds for the key ([`OverRows`](super::held::OverRows)).

use std::collections::btree_map::{BTreeMap, Entry as TreeEntry};
use std::collections::hash_map::{Entry as HashEntry, HashMap};
use std::hash::{BuildHasher, Hash};

use super::Order;
use super::held::Above;
use super::rule::Rule;
use super::sharded::{Entries, Part};

/// What a share knows about one key; `V` is the map's value, `S` what the operator works on.
#[derive(Debug)]
pub struct Known<V, S> {
    /// `None` if the user's map was asked, and holds the key.
    base: Option<V>,
    head: Option<S>,
    rest: S,
}

/// A share: the map as the body sees it.
#[derive(Debug)]
pub struct Late<M, R> {
    map: M,
    rule: R,
}

/// A key that this share has not seen: an entry of either map.
pub trait Vacant<'a, K, T: 'a> {
    /// The key.
    fn key(&self) -> &K;
    /// Inserts what is known now.
    fn insert(self, known: T) -> &'a mut T;
}

impl<'a, K, T> Vacant<'a, K, T> for std::collections::hash_map::VacantEntry<'a, K, T> {
    fn key(&self) -> &K {
        self.key()
    }
    fn insert(self, known: T) -> &'a mut T {
        self.insert(known)
    }
}

impl<'a, K: Ord, T> Vacant<'a, K, T> for std::collections::btree_map::VacantEntry<'a, K, T> {
    fn key(&self) -> &K {
        self.key()
    }
    fn insert(self, known: T) -> &'a mut T {
        self.insert(known)
    }
}

/// The modifications of a key that this share has not seen, kept until its base is known.
pub trait Modify<S> {
    /// Applies them to what adds nothing: what they add to a present value.
    fn head(self, fresh: S) -> Option<S>;
}

impl<S> Modify<S> for () {
    fn head(self, _: S) -> Option<S> {
        None
    }
}

impl<S, F: FnOnce(&mut S)> Modify<S> for F {
    fn head(self, mut fresh: S) -> Option<S> {
        self(&mut fresh);
        Some(fresh)
    }
}

/// One key of a share, with the methods of std's entries.
#[must_use]
#[derive(Debug)]
pub enum LateEntry<'a, V, S, E, R, M> {
    /// The share has seen the key: everything goes to `rest`.
    Seen(&'a mut Known<V, S>),
    /// It has not.
    Unseen {
        /// Where the key goes.
        vacant: E,
        /// What the user's map holds, if it was asked.
        held: Option<&'a V>,
        /// Makes the values.
        rule: &'a R,
        /// What is to be done to a present value.
        modify: M,
    },
}

impl<'a, V: 'a, E, R, M> LateEntry<'a, V, R::Share, E, R, M>
where
    R: Rule<V, Share: 'a>,
    M: Modify<R::Share>,
{
    fn or<K>(self, base: impl FnOnce(&K) -> V) -> &'a mut R::Share
    where
        E: Vacant<'a, K, Known<V, R::Share>>,
    {
        match self {
            Self::Seen(known) => &mut known.rest,
            Self::Unseen { vacant, held, rule, modify } => {
                let (base, seed) = match held {
                    Some(held) => (None, rule.seed(held)),
                    None => {
                        let base = base(vacant.key());
                        let seed = rule.seed(&base);
                        (Some(base), seed)
                    }
                };
                let head = modify.head(rule.fresh(&seed));
                let rest = rule.fresh(&seed);
                &mut vacant.insert(Known { base, head, rest }).rest
            }
        }
    }

    /// What an absent key starts with.
    pub fn or_insert<K>(self, base: V) -> &'a mut R::Share
    where
        E: Vacant<'a, K, Known<V, R::Share>>,
    {
        self.or(|_| base)
    }

    /// What an absent key starts with.
    pub fn or_insert_with<K>(self, base: impl FnOnce() -> V) -> &'a mut R::Share
    where
        E: Vacant<'a, K, Known<V, R::Share>>,
    {
        self.or(|_| base())
    }

    /// What an absent key starts with.
    pub fn or_insert_with_key<K>(self, base: impl FnOnce(&K) -> V) -> &'a mut R::Share
    where
        E: Vacant<'a, K, Known<V, R::Share>>,
    {
        self.or(base)
    }

    /// An absent key starts with the default.
    pub fn or_default<K>(self) -> &'a mut R::Share
    where
        V: Default,
        E: Vacant<'a, K, Known<V, R::Share>>,
    {
        self.or(|_| V::default())
    }
}

impl<'a, V, S, E, R> LateEntry<'a, V, S, E, R, ()> {
    /// What is done to a present value.
    pub fn and_modify<F: FnOnce(&mut S)>(self, modify: F) -> LateEntry<'a, V, S, E, R, F> {
        match self {
            Self::Seen(known) => {
                modify(&mut known.rest);
                LateEntry::Seen(known)
            }
            Self::Unseen { vacant, held, rule, modify: () } => {
                LateEntry::Unseen { vacant, held, rule, modify }
            }
        }
    }
}

/// Reduces each key's values by `R`, from a base. With `SAME` the base and the modifications are
/// constants, so that it does not matter which access of a key was the first one.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByEntryFrom<R, const SAME: bool>(pub R);

impl<R, const SAME: bool> ByEntryFrom<R, SAME> {
    /// How shares may be grouped.
    const fn order(inner: Order) -> Order {
        match inner {
            Order::Any if !SAME => Order::Sequence,
            order => order,
        }
    }

    fn merge<V>(&self, into: &mut Known<V, R::Share>, later: Known<V, R::Share>)
    where
        R: Rule<V>,
    {
        if let Some(head) = later.head {
            self.0.merge(&mut into.rest, head);
        }
        self.0.merge(&mut into.rest, later.rest);
    }

    fn apply_present<V>(&self, value: &mut V, total: Known<V, R::Share>)
    where
        R: Rule<V>,
    {
        if let Some(head) = total.head {
            self.0.apply(value, head);
        }
        self.0.apply(value, total.rest);
    }

    fn apply_absent<V>(&self, total: Known<V, R::Share>) -> V
    where
        R: Rule<V>,
    {
        let Some(mut value) = total.base else {
            unreachable!("a key without a base is one that the map holds")
        };
        self.0.apply(&mut value, total.rest);
        value
    }
}

/// The rule for one of the two maps.
macro_rules! by_entry_from {
    ($map:ident, $entry:ident, [$($hasher:ident: $($bound:ident)+)?], $key:ident $(+ $eq:ident)?,
     $seed:ty, |$place:ident| $hash:expr, |$seeded:ident| $new:expr) => {
        impl<K: $key $(+ $eq)?, V, $($hasher: $($bound +)+,)? R, const SAME: bool>
            Rule<$map<K, V $(, $hasher)?>> for ByEntryFrom<R, SAME>
        where
            R: Rule<V> + Clone,
        {
            type Seed = $seed;
            type Share = Late<$map<K, Known<V, R::Share> $(, $hasher)?>, R>;
            const ORDER: Order = Self::order(R::ORDER);
            const DEAR: bool = true;

            fn seed(&self, $place: &$map<K, V $(, $hasher)?>) -> Self::Seed {
                $hash
            }

            fn fresh(&self, $seeded: &Self::Seed) -> Self::Share {
                Late { map: $new, rule: self.0.clone() }
            }

            fn merge(&self, into: &mut Self::Share, later: Self::Share) {
                for (key, later) in later.map {
                    match into.map.entry(key) {
                        $entry::Occupied(mut entry) => self.merge(entry.get_mut(), later),
                        $entry::Vacant(entry) => {
                            entry.insert(later);
                        }
                    }
                }
            }

            fn apply(&self, place: &mut $map<K, V $(, $hasher)?>, total: Self::Share) {
                for (key, total) in total.map {
                    match place.entry(key) {
                        $entry::Occupied(mut entry) => self.apply_present(entry.get_mut(), total),
                        $entry::Vacant(entry) => {
                            entry.insert(self.apply_absent(total));
                        }
                    }
                }
            }
        }

        impl<K: $key $(+ $eq)?, V, $($hasher: $($bound +)+,)? R: Rule<V>>
            Late<$map<K, Known<V, R::Share> $(, $hasher)?>, R>
        {
            /// The entry of `key`.
            pub fn entry(
                &mut self,
                key: K,
            ) -> LateEntry<'_, V, R::Share, vacant::$map<'_, K, Known<V, R::Share>>, R, ()>
            {
                match self.map.entry(key) {
                    $entry::Occupied(entry) => LateEntry::Seen(entry.into_mut()),
                    $entry::Vacant(vacant) => {
                        LateEntry::Unseen { vacant, held: None, rule: &self.rule, modify: () }
                    }
                }
            }
        }

        impl<K: $key $(+ $eq)?, V, $($hasher: $($bound +)+,)? R: Rule<V>> Above<K, V>
            for Late<$map<K, Known<V, R::Share> $(, $hasher)?>, R>
        {
            type Entry<'a>
                = LateEntry<'a, V, R::Share, vacant::$map<'a, K, Known<V, R::Share>>, R, ()>
            where
                Self: 'a,
                V: 'a;
            fn entry_above<'a>(
                &'a mut self,
                key: K,
                held: impl FnOnce(&K) -> Option<&'a V>,
            ) -> Self::Entry<'a> {
                match self.map.entry(key) {
                    $entry::Occupied(entry) => LateEntry::Seen(entry.into_mut()),
                    $entry::Vacant(vacant) => {
                        let held = held(vacant.key());
                        LateEntry::Unseen { vacant, held, rule: &self.rule, modify: () }
                    }
                }
            }
        }

        impl<K: $key $(+ $eq)?, V, $($hasher: $($bound +)+,)? R: Rule<V>> Entries<K>
            for Late<$map<K, Known<V, R::Share> $(, $hasher)?>, R>
        {
            type Entry<'a>
                = LateEntry<'a, V, R::Share, vacant::$map<'a, K, Known<V, R::Share>>, R, ()>
            where
                Self: 'a;
            fn entry_of(&mut self, key: K) -> Self::Entry<'_> {
                self.entry(key)
            }
        }

        impl<K, V, $($hasher,)? R: Rule<V>> Part
            for Late<$map<K, Known<V, R::Share> $(, $hasher)?>, R>
        {
            fn keys(&self) -> usize {
                self.map.len()
            }
        }
    };
}

/// The vacant entries, by the name of their map.
mod vacant {
    pub(super) use std::collections::btree_map::VacantEntry as BTreeMap;
    pub(super) use std::collections::hash_map::VacantEntry as HashMap;
}

by_entry_from!(HashMap, HashEntry, [S: BuildHasher Clone], Hash + Eq, S,
    |place| place.hasher().clone(), |hasher| HashMap::with_hasher(hasher.clone()));
by_entry_from!(BTreeMap, TreeEntry, [], Ord, (), |_place| (), |_seed| BTreeMap::new());

/// `entry_from!(place, add)`: `*place.entry(k).or_insert(z) += e` for any `z`, and
/// `and_modify(..).or_insert(z)`; `entry_from!(place, add, same)` if `z` and what is modified are
/// constants. With `shards = n` last: in parts.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_entry_from {
    ($place:expr, $op:ident $(($($inner:tt)+))? $(, shards = $shards:expr)?) => {
        $crate::__pool_reach_parts!(
            $crate::__private::rule::ByEntryFrom::<_, false>,
            [$($shards)?], $place, $op $(($($inner)+))?)
    };
    ($place:expr, $op:ident $(($($inner:tt)+))?, same $(, shards = $shards:expr)?) => {
        $crate::__pool_reach_parts!(
            $crate::__private::rule::ByEntryFrom::<_, true>,
            [$($shards)?], $place, $op $(($($inner)+))?)
    };
}
