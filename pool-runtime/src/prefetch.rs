//! Fetching a line of the cache before it is written to.
//!
//! What another processor has just written takes some fifty nanoseconds to come here, as long as
//! several small calls take to run. Who knows which lines come next asks for them while it is busy
//! with others. A hint: it reads and writes nothing, and where there is none nothing is lost.

#![allow(unsafe_code, reason = "instructions that std has no safe name for")]

/// Asks for the first line of `place`, to be written to soon.
#[inline(always)]
pub(crate) fn for_writing<T>(place: *const T) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: the instruction touches no memory as far as a program can tell, whatever the address;
    // processors that do not know it take it for one that does nothing.
    unsafe {
        std::arch::asm!("prefetchw [{}]", in(reg) place, options(nostack, preserves_flags, readonly));
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = place;
}

/// Asks for `lines` lines from `place` on, to be read soon, whatever they are.
#[inline(always)]
pub(crate) fn lines_for_reading<T>(place: *const T, lines: usize) {
    for line in 0..lines {
        for_reading(place.cast::<[u8; 64]>().wrapping_add(line));
    }
}

/// Asks for the first line of `place`, to be read soon.
#[inline(always)]
pub(crate) fn for_reading<T>(place: *const T) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: as above; every processor of this kind has it.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(place.cast());
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = place;
}
