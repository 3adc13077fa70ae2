//! Shared slices: `&[T]`, `&Vec<T>`, `&[T; N]`, `.iter()`.

#![allow(unsafe_code, reason = "implements the contract of `Split`; no unsafe operation inside")]

use std::ops::Range;
use std::slice;

use super::Split;

/// A shared slice, item by item.
#[derive(Debug)]
pub struct Shared<'a, T> {
    pub(super) items: &'a [T],
}

impl<'a, T: Sync> Split for Shared<'a, T> {
    type Item = &'a T;
    type Block = slice::Iter<'a, T>;
    type Undo = ();

    #[inline]
    fn len(&self) -> usize {
        self.items.len()
    }

    #[inline]
    fn undo(&self) {}

    #[inline]
    unsafe fn block(&self, positions: Range<usize>) -> slice::Iter<'a, T> {
        self.items[positions].iter()
    }
}
