//! What the figures of one place say should be looked at.

use std::fmt;

use super::figures::Counters;

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Advice {
    /// A policy dropped items.
    Drops { dropped: u64, offered: u64 },
}

/// The most important finding.
pub(super) fn of(counters: &Counters) -> Option<Advice> {
    let queue = counters.queue?;
    (queue.dropped > 0)
        .then(|| Advice::Drops { dropped: queue.dropped, offered: queue.dropped + queue.admitted })
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drops { dropped, offered } => write!(f, "dropped {dropped} of {offered}"),
        }
    }
}
