//! Putting back what was changed in place beyond the position where a loop was left.
//!
//! Items behind an exit may have been changed before the exit was known: `for item in &mut items`,
//! `out[i] = e`. In a loop that can be left, a claim therefore keeps what its items were ([`Saved`])
//! until everything before it is known to count, and otherwise puts it back. Items without anything
//! to drop are copied bit by bit, others are cloned; where neither is possible
//! ([`can_save`]), such a loop runs on the calling thread alone.

#![allow(unsafe_code, reason = "copies and restores items of the user's slice")]

use std::marker::PhantomData;
use std::mem::{MaybeUninit, needs_drop};
use std::ops::Range;
use std::{ptr, slice};

/// How items are copied that have something to drop; `None`: they cannot be.
pub(crate) type Copying<T> = Option<fn(&T) -> T>;

/// Whether items can be saved.
pub(crate) fn can_save<T>(copying: Copying<T>) -> bool {
    copying.is_some() || !needs_drop::<T>()
}

/// Asks whether a type is `Clone`; see `source::dispatch` for how.
#[derive(Debug)]
pub struct CopyOf<T>(PhantomData<fn(T)>);

impl<T> CopyOf<T> {
    /// For the items of a slice.
    pub fn items(_: &[T]) -> Self {
        Self(PhantomData)
    }
}

/// First level: `Clone`.
pub trait ByClone {
    /// The type.
    type Item;
    /// How to copy it.
    fn how(&self) -> Copying<Self::Item>;
}

impl<T: Clone> ByClone for &CopyOf<T> {
    type Item = T;
    fn how(&self) -> Copying<T> {
        Some(T::clone)
    }
}

/// Second level: not known to be `Clone`.
pub trait ByBits {
    /// The type.
    type Item;
    /// How to copy it.
    fn how(&self) -> Copying<Self::Item>;
}

impl<T> ByBits for CopyOf<T> {
    type Item = T;
    fn how(&self) -> Copying<T> {
        None
    }
}

/// What some items of a slice were. Puts them back when it is dropped.
#[derive(Debug)]
pub struct Saved<T> {
    items: *mut T,
    /// Initialised; owned if the items have something to drop, else just their bits.
    were: Vec<MaybeUninit<T>>,
}

// SAFETY: it stands for exclusive access to the items, and owns such items.
unsafe impl<T: Send> Send for Saved<T> {}

impl<T> Saved<T> {
    /// Saves `len` items.
    ///
    /// # Safety
    /// They are one stretch of a slice, which outlives the result; until the result is dropped or
    /// kept nobody but its owner uses them, and references to them are gone by then.
    /// `can_save(copying)`.
    pub(crate) unsafe fn new(items: *mut T, len: usize, copying: Copying<T>) -> Self {
        let copying = copying.filter(|_| needs_drop::<T>());
        // SAFETY: the caller's promise; nobody changes them during this call.
        let now = unsafe { slice::from_raw_parts(items, len) };
        let were = match copying {
            Some(copy) => {
                let copies: Vec<T> = now.iter().map(copy).collect();
                copies.into_iter().map(MaybeUninit::new).collect()
            }
            None => {
                let mut bits = Vec::with_capacity(len);
                // SAFETY: there is room for `len` items, which are initialised, hence are bits too.
                unsafe { ptr::copy_nonoverlapping(items.cast(), bits.as_mut_ptr(), len) };
                // SAFETY: just written.
                unsafe { bits.set_len(len) };
                bits
            }
        };
        Self { items, were }
    }

    /// The items stay as they are now.
    pub(crate) fn keep(mut self) {
        for mut was in std::mem::take(&mut self.were) {
            if needs_drop::<T>() {
                // SAFETY: owned, and not used again.
                unsafe { was.assume_init_drop() };
            }
        }
    }
}

impl<T> Drop for Saved<T> {
    fn drop(&mut self) {
        for (index, was) in std::mem::take(&mut self.were).into_iter().enumerate() {
            // SAFETY: within the stretch.
            let item = unsafe { self.items.add(index) };
            // SAFETY: initialised; if it is just bits, what they are of has no drop and is
            // overwritten, so that nothing is there twice.
            let was = unsafe { was.assume_init() };
            // SAFETY: the item is initialised, and this has exclusive access to it.
            unsafe { *item = was };
        }
    }
}

/// What puts the items of a source back.
pub trait Undo: Copy + Sync {
    /// What some items were; puts them back when dropped.
    type Saved: Send;
    /// Whether items can be changed in place at all.
    const SAVES: bool;

    /// Whether they can be saved.
    fn able(&self) -> bool;

    /// Saves the items at `positions`.
    ///
    /// # Safety
    /// As for [`Split::block`](super::Split::block), which is asked for the same positions only
    /// afterwards; the items of that block are gone before the result is dropped.
    unsafe fn save(&self, positions: Range<usize>) -> Self::Saved;

    /// The items stay as they are.
    fn keep(saved: Self::Saved);
}

/// Nothing can be changed in place.
impl Undo for () {
    type Saved = ();
    const SAVES: bool = false;
    #[inline]
    fn able(&self) -> bool {
        true
    }
    #[inline]
    unsafe fn save(&self, _: Range<usize>) {}
    #[inline]
    fn keep((): ()) {}
}

/// Items of type `T` from an iterator, wherever they lie: nothing is saved, so a loop that can be
/// left runs on the calling thread alone if such items can be changed in place.
///
/// Whether they can is read off the type's name, which no trait tells: `&mut V` may stand anywhere
/// in it, as in `(usize, (&K, &mut V))`. What a type of the user's own holds inside is not seen.
#[derive(Debug)]
pub struct Unsaved<T>(PhantomData<fn(T)>);

impl<T> Unsaved<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Clone for Unsaved<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Unsaved<T> {}

impl<T> Undo for Unsaved<T> {
    type Saved = ();
    const SAVES: bool = false;
    fn able(&self) -> bool {
        let name = std::any::type_name::<T>();
        // `RefMut<..>`, `IterMut<..>` and the like lead to items, too.
        !name.contains("&mut ") && !name.contains("Mut<")
    }
    #[inline]
    unsafe fn save(&self, _: Range<usize>) {}
    #[inline]
    fn keep((): ()) {}
}

/// Two sources side by side.
impl<A: Undo, B: Undo> Undo for (A, B) {
    type Saved = (A::Saved, B::Saved);
    const SAVES: bool = A::SAVES || B::SAVES;
    fn able(&self) -> bool {
        self.0.able() && self.1.able()
    }
    unsafe fn save(&self, positions: Range<usize>) -> Self::Saved {
        // SAFETY: the caller's promise, word for word.
        let first = unsafe { self.0.save(positions.clone()) };
        // SAFETY: the caller's promise, word for word.
        (first, unsafe { self.1.save(positions) })
    }
    fn keep(saved: Self::Saved) {
        A::keep(saved.0);
        B::keep(saved.1);
    }
}

/// Where the positions of an adapted source lie in the source inside. Distinct positions lie in
/// distinct stretches.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Map {
    /// Mirrored in a source of this length.
    Rev(usize),
    /// So many behind.
    Skip(usize),
    /// So many items of a source of this length to each position.
    Each(usize, usize),
}

impl Map {
    /// The stretch of the source inside.
    #[inline]
    pub(super) fn of(self, positions: Range<usize>) -> Range<usize> {
        let Range { start, end } = positions;
        match self {
            Self::Rev(len) => len - end..len - start,
            Self::Skip(count) => start + count..end + count,
            // Where the last stretch is short, its end (and with it an empty range behind it)
            // would pass the length, perhaps `usize::MAX` too.
            Self::Each(size, len) => {
                start.saturating_mul(size).min(len)..end.saturating_mul(size).min(len)
            }
        }
    }
}

/// Positions that lie elsewhere in the source inside.
#[derive(Clone, Copy, Debug)]
pub struct Mapped<U>(pub(super) U, pub(super) Map);

impl<U: Undo> Undo for Mapped<U> {
    type Saved = U::Saved;
    const SAVES: bool = U::SAVES;
    fn able(&self) -> bool {
        self.0.able()
    }
    unsafe fn save(&self, positions: Range<usize>) -> U::Saved {
        // SAFETY: the stretch of the source inside that the block will be made of.
        unsafe { self.0.save(self.1.of(positions)) }
    }
    fn keep(saved: U::Saved) {
        U::keep(saved);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn able<T>() -> bool {
        Unsaved::<T>::new().able()
    }

    #[test]
    fn what_leads_to_places_of_others_is_told_from_what_does_not() {
        fn of_iterator<I: Iterator>(_: I) -> bool {
            able::<I::Item>()
        }
        let mut map: HashMap<String, u8> = HashMap::new();
        assert!(!of_iterator(map.iter_mut().enumerate()));
        assert!(!of_iterator(map.values_mut()));
        assert!(of_iterator(map.iter().map(|(key, value)| (key.clone(), value))));
        assert!(!able::<&mut [u8]>() && !able::<Option<(u8, &mut String)>>());
        assert!(!able::<slice::IterMut<'_, u8>>() && !able::<std::cell::RefMut<'_, u8>>());
        assert!(able::<&str>() && able::<std::io::Result<String>>() && able::<(usize, Vec<u8>)>());
    }
}
