//! The word that helpers look at: who may come into the region, and who is inside.
//!
//! ```text
//! bit 30    bits 15..30                      bits 0..15
//! WAITING   tickets: helpers that may join   active: helpers inside
//! ```
//!
//! Without a region there are neither tickets nor helpers; what `WAITING` is then, does not matter:
//! the next region's `open` sets the whole word.

/// The caller sleeps until the last helper has left.
pub(super) const WAITING: u32 = 1 << 30;
/// One helper inside.
pub(super) const ACTIVE: u32 = 1;
/// One helper that may join.
pub(super) const TICKET: u32 = 1 << 15;
/// All bits of the tickets.
pub(super) const TICKETS: u32 = (TICKET - 1) << 15;

/// How many helpers one region can have.
pub(crate) const MAX_HELPERS: usize = (TICKET - 1) as usize;

/// How many helpers may still join. Never more than [`MAX_HELPERS`].
pub(super) const fn tickets(word: u32) -> usize {
    ((word & TICKETS) >> 15) as usize
}

/// How many helpers are inside.
pub(super) const fn active(word: u32) -> u32 {
    word & (TICKET - 1)
}

/// An open region's word: nobody inside yet, `helpers` may join.
#[expect(clippy::cast_possible_truncation, reason = "clamped to 15 bits")]
pub(super) const fn open(helpers: usize) -> u32 {
    let helpers = if helpers > MAX_HELPERS { MAX_HELPERS } else { helpers };
    (helpers as u32) << 15
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_fields_do_not_overlap() {
        assert_eq!(WAITING | TICKETS | (TICKET - 1), u32::MAX >> 1);
        assert_eq!(WAITING.count_ones() + TICKETS.count_ones() + 15, 31);
    }

    #[test]
    fn too_many_helpers_are_clamped_to_the_field() {
        assert_eq!(tickets(open(usize::MAX)), MAX_HELPERS);
        assert_eq!(active(open(usize::MAX)), 0);
        assert_eq!(tickets(open(3) - TICKET + ACTIVE), 2);
        assert_eq!(active(open(3) - TICKET + ACTIVE), 1);
    }
}
