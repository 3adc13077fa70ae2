//! Fetching a line of the cache before it is written to.
//!
//! What another processor has just written takes some fifty nanoseconds to come here, as long as
//! several small calls take to run. Who knows which lines come next asks for them while it is busy
//! with others. A hint: it reads and writes nothing, and where there is none nothing is lost.

#![allow(unsafe_code, reason = "an instruction that std has no name for")]

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
