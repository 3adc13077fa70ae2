//! Extrema per key whose entries start from a constant: `let best = m.entry(k).or_insert(0);
//! *best = (*best).max(e);`.
//!
//! Whether the constant takes part depends on whether the user's map holds the key, and a share
//! that has taken it in cannot give it back. So the map is reduced aside, and the body sees each
//! share together with the map: an entry that is new to the share starts from a copy of what the
//! map holds, and from the constant only if it holds nothing. Taking part twice does not change an
//! extremum, so the shares are put together as those of [`ByEntry`](super::entry::ByEntry).
//!
//! Rows ask the map as well: `m.entry(k).or_default()[i] += e` reaches as far as the row that the
//! map holds. Theirs are the shares of [`ByEntryFrom`](super::entry_from::ByEntryFrom), and what a
//! new one takes from the map is the length alone ([`OverRows`]).

use std::collections::hash_map::{Entry as HashEntry, VacantEntry as HashVacant};
use std::collections::{BTreeMap, HashMap, btree_map};
use std::hash::{BuildHasher, Hash};

use super::entry_from::Vacant;
use super::sharded::{Entries, Sharded};

/// A map that can be asked what it holds for a key.
pub trait Held {
    /// The keys' type.
    type Key;
    /// The values' type.
    type Value;
    /// Reaches the map the way a method call does.
    fn __pool_held(&self) -> &Self {
        self
    }
    /// What it holds for a key.
    fn value_of(&self, key: &Self::Key) -> Option<&Self::Value>;
}

impl<K: Eq + Hash, V, S: BuildHasher> Held for HashMap<K, V, S> {
    type Key = K;
    type Value = V;
    #[inline]
    fn value_of(&self, key: &K) -> Option<&V> {
        self.get(key)
    }
}

impl<K: Ord, V> Held for BTreeMap<K, V> {
    type Key = K;
    type Value = V;
    #[inline]
    fn value_of(&self, key: &K) -> Option<&V> {
        self.get(key)
    }
}

/// A share, and the user's map: the map as the body sees it.
#[derive(Debug)]
pub struct Over<'a, S, M> {
    share: &'a mut S,
    held: &'a M,
}

/// A share with entries of either map.
pub trait Shared<K, V> {
    /// A key that it has not seen.
    type Vacant<'a>: Vacant<'a, K, V>
    where
        Self: 'a,
        V: 'a;
    /// The value of `key`, or the place for it.
    fn find(&mut self, key: K) -> Result<&mut V, Self::Vacant<'_>>;
}

impl<K: Eq + Hash, V, S: BuildHasher> Shared<K, V> for HashMap<K, V, S> {
    type Vacant<'a>
        = HashVacant<'a, K, V>
    where
        Self: 'a,
        V: 'a;
    #[inline]
    fn find(&mut self, key: K) -> Result<&mut V, HashVacant<'_, K, V>> {
        match self.entry_of(key) {
            HashEntry::Occupied(entry) => Ok(entry.into_mut()),
            HashEntry::Vacant(vacant) => Err(vacant),
        }
    }
}

impl<K: Ord, V> Shared<K, V> for BTreeMap<K, V> {
    type Vacant<'a>
        = btree_map::VacantEntry<'a, K, V>
    where
        Self: 'a,
        V: 'a;
    #[inline]
    fn find(&mut self, key: K) -> Result<&mut V, btree_map::VacantEntry<'_, K, V>> {
        match self.entry_of(key) {
            btree_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
            btree_map::Entry::Vacant(vacant) => Err(vacant),
        }
    }
}

impl<K: Hash, V, M: Shared<K, V>> Shared<K, V> for Sharded<M> {
    type Vacant<'a>
        = M::Vacant<'a>
    where
        Self: 'a,
        V: 'a;
    #[inline]
    fn find(&mut self, key: K) -> Result<&mut V, M::Vacant<'_>> {
        self.part(&key).find(key)
    }
}

impl<'a, S, M> Over<'a, S, M>
where
    M: Held,
    S: Shared<M::Key, M::Value>,
{
    /// The share of a loop over `held`.
    #[inline]
    pub fn new(share: &'a mut S, held: &'a M) -> Self {
        Self { share, held }
    }

    /// The entry of `key`.
    #[inline]
    pub fn entry(&mut self, key: M::Key) -> OverEntry<'_, M::Value, S::Vacant<'_>> {
        match self.share.find(key) {
            Ok(value) => OverEntry::Seen(value),
            Err(vacant) => OverEntry::New { held: self.held.value_of(vacant.key()), vacant },
        }
    }
}

/// A share of rows whose entries can be told what the user's map holds.
pub trait Above<K, V> {
    /// An entry.
    type Entry<'a>
    where
        Self: 'a,
        V: 'a;
    /// The entry of `key`, for which `held` asks the map.
    fn entry_above<'a>(
        &'a mut self,
        key: K,
        held: impl FnOnce(&K) -> Option<&'a V>,
    ) -> Self::Entry<'a>;
}

impl<K: Hash, V, M: Above<K, V>> Above<K, V> for Sharded<M> {
    type Entry<'a>
        = M::Entry<'a>
    where
        Self: 'a,
        V: 'a;
    fn entry_above<'a>(
        &'a mut self,
        key: K,
        held: impl FnOnce(&K) -> Option<&'a V>,
    ) -> M::Entry<'a> {
        self.part(&key).entry_above(key, held)
    }
}

/// A share of rows, and the user's map: the map as the body sees it.
#[derive(Debug)]
pub struct OverRows<'a, S, M> {
    share: &'a mut S,
    held: &'a M,
}

impl<'a, S, M> OverRows<'a, S, M>
where
    M: Held,
    S: Above<M::Key, M::Value>,
{
    /// The share of a loop over `held`.
    #[inline]
    pub fn new(share: &'a mut S, held: &'a M) -> Self {
        Self { share, held }
    }

    /// The entry of `key`.
    #[inline]
    pub fn entry(&mut self, key: M::Key) -> S::Entry<'_> {
        self.share.entry_above(key, |key| self.held.value_of(key))
    }
}

/// One key of a share, with the methods of std's entries.
#[must_use]
#[derive(Debug)]
pub enum OverEntry<'a, V, E> {
    /// The share has seen the key.
    Seen(&'a mut V),
    /// It has not.
    New {
        /// What the user's map holds.
        held: Option<&'a V>,
        /// Where the key goes.
        vacant: E,
    },
}

impl<'a, V: Clone, E> OverEntry<'a, V, E> {
    #[inline]
    fn or<K>(self, start: impl FnOnce(&K) -> V) -> &'a mut V
    where
        E: Vacant<'a, K, V>,
    {
        match self {
            Self::Seen(value) => value,
            Self::New { held, vacant } => {
                let value = held.cloned().unwrap_or_else(|| start(vacant.key()));
                vacant.insert(value)
            }
        }
    }

    /// What a key starts with that neither the share nor the map holds.
    #[inline]
    pub fn or_insert<K>(self, start: V) -> &'a mut V
    where
        E: Vacant<'a, K, V>,
    {
        self.or(|_| start)
    }

    /// What a key starts with that neither the share nor the map holds.
    #[inline]
    pub fn or_insert_with<K>(self, start: impl FnOnce() -> V) -> &'a mut V
    where
        E: Vacant<'a, K, V>,
    {
        self.or(|_| start())
    }

    /// A key that neither the share nor the map holds starts with the default.
    #[inline]
    pub fn or_default<K>(self) -> &'a mut V
    where
        V: Default,
        E: Vacant<'a, K, V>,
    {
        self.or(|_| V::default())
    }
}

/// The user's map, by shared reference: `held!(place)`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_held {
    ($place:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::rule::Held as _;
        $place.__pool_held()
    }};
}
