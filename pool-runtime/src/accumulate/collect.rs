//! `v.push(e)`, once per item: every claim writes its stretch of the `Vec`'s spare capacity.
//!
//! The room is reserved before the loop; position `p` of the source has slot `p` of it. Putting two
//! stretches together is then a matter of two lengths. What cannot be in place is not an error:
//! a body that pushes more than once goes on in a `Vec` beside the stretch, one that pushes less
//! leaves a gap that is closed when stretches meet, and without a length each claim has a buffer of
//! its own. Nothing counts as part of the user's `Vec` until the loop has ended; stretches that
//! come to nothing drop their items.

#![allow(unsafe_code, reason = "writes into spare capacity")]

use std::mem;
use std::ops::Range;
use std::ptr;

use super::parts::Type;
use super::rule::{Fold, Rule};
use super::{Accumulator, Gathered, Order};

/// The user's `Vec`, to be filled in place.
#[derive(Debug)]
pub struct Collect<'a, T> {
    place: &'a mut Vec<T>,
}

/// Where the stretches are.
#[derive(Debug)]
pub struct Room<T> {
    /// Spare capacity for `len` items at least; `None`: the length is not known, or is absurd.
    start: Option<*mut T>,
}

// SAFETY: a `Room` only says where; the items that are written there are moved between threads.
unsafe impl<T: Send> Sync for Room<T> {}

/// The stretch of one claim: `len` items from `start` on, then those in `more`.
#[derive(Debug)]
pub struct Stretch<T> {
    /// Writable for `limit` items, the first `len` of which are initialised and this stretch's.
    start: *mut T,
    len: usize,
    limit: usize,
    /// The memory behind `start`, if that is not the user's. Its own length is 0.
    home: Vec<T>,
    /// What did not fit.
    more: Vec<T>,
}

// SAFETY: the stretch owns its items, like a `Vec`, and no other has the same memory.
unsafe impl<T: Send> Send for Stretch<T> {}

impl<T> Stretch<T> {
    /// As [`Vec::push`].
    #[inline]
    pub fn push(&mut self, item: T) {
        if self.len < self.limit {
            // SAFETY: `len < limit`, and the memory is writable up to there.
            let slot = unsafe { self.start.add(self.len) };
            // SAFETY: as above; the slot holds no item.
            unsafe { slot.write(item) };
            self.len += 1;
        } else {
            // By value, so that the stretch itself can stay in registers.
            self.more = push_more(mem::take(&mut self.more), item);
        }
    }

    /// All items, moved out.
    fn into_vec(mut self) -> Vec<T> {
        let len = mem::take(&mut self.len);
        let mut items = mem::take(&mut self.home);
        if items.capacity() == 0 {
            items.reserve(len);
            // SAFETY: `len` initialised items of this stretch, which forgot them above; the new
            // memory has room for them and is not the user's.
            unsafe { ptr::copy_nonoverlapping(self.start, items.as_mut_ptr(), len) };
        }
        // SAFETY: the first `len` items are initialised and nobody else's.
        unsafe { items.set_len(len) };
        items.append(&mut self.more);
        items
    }

    /// Whether `later` begins where this one's memory ends.
    fn meets(&self, later: &Self) -> bool {
        self.home.capacity() == 0
            && later.home.capacity() == 0
            && self.start.wrapping_add(self.limit) == later.start
    }
}

/// Pushes to what lies beside a stretch.
#[cold]
#[inline(never)]
fn push_more<T>(mut more: Vec<T>, item: T) -> Vec<T> {
    more.push(item);
    more
}

impl<T> Drop for Stretch<T> {
    #[inline]
    fn drop(&mut self) {
        let items = ptr::slice_from_raw_parts_mut(self.start, self.len);
        // SAFETY: these items are initialised and this stretch's.
        unsafe { ptr::drop_in_place(items) };
    }
}

impl<T: Gathered> Accumulator for Collect<'_, T> {
    type Seed = Room<T>;
    type Local = Stretch<T>;
    const ORDER: Order = Order::InPlace;
    /// 10M pushes: 1.04x of rayon's time in claims of 20 us, whose pages lie in one page table; 0.96x
    /// in large ones.
    const APART: bool = true;

    fn seed(&mut self, len: Option<usize>) -> Room<T> {
        let reserved = len.is_some_and(|len| self.place.try_reserve(len).is_ok());
        let start = reserved.then(|| self.place.spare_capacity_mut().as_mut_ptr().cast());
        Room { start }
    }

    unsafe fn fresh(room: &Room<T>, positions: Range<usize>) -> Stretch<T> {
        let limit = positions.len();
        let mut home = Vec::new();
        let start = match room.start {
            // SAFETY: positions lie within the length, and that many slots are reserved.
            Some(start) => unsafe { start.add(positions.start) },
            None => {
                home.reserve_exact(limit);
                home.as_mut_ptr()
            }
        };
        Stretch { start, len: 0, limit, home, more: Vec::new() }
    }

    fn combine(_: &Room<T>, into: &mut Stretch<T>, mut later: Stretch<T>) {
        if into.more.is_empty() && into.meets(&later) {
            let len = mem::take(&mut later.len);
            if into.len < into.limit {
                // SAFETY: `into.len` is within its stretch.
                let end = unsafe { into.start.add(into.len) };
                // SAFETY: the items move down, over slots that are free (of `into`) or have just
                // been forgotten (by `later`); both stretches belong to this call.
                unsafe { ptr::copy(later.start, end, len) };
            }
            into.len += len;
            into.limit += later.limit;
            into.more = mem::take(&mut later.more);
        } else {
            into.more.append(&mut later.into_vec());
        }
    }

    fn commit(self, room: Room<T>, mut total: Stretch<T>) {
        let mut more = mem::take(&mut total.more);
        if room.start == Some(total.start) {
            let len = self.place.len() + mem::take(&mut total.len);
            // SAFETY: the items are initialised, and start where the `Vec`'s own ones end: nothing
            // has touched the `Vec` since `seed`, because `self` borrows it.
            unsafe { self.place.set_len(len) };
        } else {
            self.place.append(&mut total.into_vec());
        }
        self.place.append(&mut more);
    }
}

/// A `Vec` is filled in place.
pub trait PickVec {
    /// What follows.
    fn collector(&self) -> InVec {
        InVec
    }
}

impl<T> PickVec for &Type<Vec<T>> {}

/// Another collection with a `push` is appended to.
pub trait PickOther {
    /// What follows.
    fn collector(&self) -> InOther {
        InOther
    }
}

impl<P: ?Sized> PickOther for Type<P> {}

/// The place is a `Vec`.
#[derive(Debug)]
pub struct InVec;

impl InVec {
    /// Fills it in place; the rule that it has as well is not needed.
    pub fn collect<T, R>(self, place: &mut Vec<T>, _: R) -> Collect<'_, T> {
        Collect { place }
    }
}

/// The place is something else.
#[derive(Debug)]
pub struct InOther;

impl InOther {
    /// Appends by `rule`.
    pub fn collect<P: ?Sized, R: Rule<P>>(self, place: &mut P, rule: R) -> Fold<'_, P, R> {
        Fold::new(place, rule)
    }
}

/// `collect!(place)`: one `place.push(e)` per item, without a condition.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_collect {
    ($place:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::rule::{PickOther as _, PickVec as _, Reach as _};
        match $place.__pool_reach() {
            place => {
                let rule = $crate::__pool_rule!(
                    $crate::__private::rule::Container($crate::__private::rule::ByAppend),
                    place
                );
                let collector = (&&$crate::__private::rule::Type::of(&*place)).collector();
                collector.collect(place, rule)
            }
        }
    }};
}
