//! Dekker's hand-shake: each of two threads tells something of itself and then looks at the other.
//! Whatever the order, at least one of them sees the other.
//!
//! An exchange is the cheapest way to tell (on x86 it is the store and the fence in one). Loom
//! knows sequential consistency of fences alone, so there it is a store and a fence.

use crate::sync::AtomicUsize;

/// Writes `value` for others to [`look`] at, before anything that is looked at next.
#[inline]
pub(super) fn tell(cell: &AtomicUsize, value: usize) {
    #[cfg(not(all(loom, test)))]
    cell.swap(value, std::sync::atomic::Ordering::SeqCst);
    #[cfg(all(loom, test))]
    {
        cell.store(value, std::sync::atomic::Ordering::Release);
        crate::sync::fence(super::handover::models::strength());
    }
}

/// Reads what others [`tell`].
#[inline]
pub(super) fn look(cell: &AtomicUsize) -> usize {
    cell.load(std::sync::atomic::Ordering::SeqCst)
}
