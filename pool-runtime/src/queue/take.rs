//! What a claim asks a hand-over for.

use std::time::Duration;

/// What one claim takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Take {
    /// A fair share, at most what the claim asks for.
    Share,
    /// Exactly `size` items, fewer only when the source has ended or the oldest item has waited
    /// for `linger`.
    Batch { size: usize, linger: Option<Duration> },
}

/// Who claims, and whether it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claimant {
    /// A worker that waits for items.
    Worker,
    /// A worker that takes what is there.
    Hasty,
    /// The producer in front of a full queue.
    Producer,
}

impl Take {
    /// The fewest items that a claim has while the source goes on and nothing lingers.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Share => 1,
            Self::Batch { size, .. } => size.max(1),
        }
    }

    pub(super) fn linger(self) -> Option<Duration> {
        match self {
            Self::Share => None,
            Self::Batch { linger, .. } => linger,
        }
    }
}
