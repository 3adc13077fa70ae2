//! Shared slices: `&[T]`, `&Vec<T>`, `&[T; N]`, `.iter()`.

#![allow(unsafe_code, reason = "implements the contract of `Split`; no unsafe operation inside")]

use std::hint::black_box;
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
        let part = &self.items[positions];
        // A length out of nowhere: of one that is a difference of two positions LLVM thinks that
        // it costs too much to be asked about, and does not unroll the body's loop, which then
        // takes up to twice as long.
        part[..black_box(part.len())].iter()
    }
}
