//! What stands in line: the bare arguments of a call that returns `Admission`, or the slot of a
//! `Task`.

use std::sync::Arc;

use super::discard;
use super::error::TaskError;
use super::slot::Slot;
use crate::report::Stamp;

/// One call in line.
pub(super) trait Entry: Send + 'static {
    /// What the call passed.
    type Args;
    /// What its body returns.
    type Value;
    /// Where the value goes.
    type Reply: Reply<Self::Value>;
    /// From so many calls in a row on, nobody minds that the next starts a little later ..
    const ENOUGH: u64;
    /// .. namely so many breaths, of about a microsecond each.
    const BREATHS: u32;

    /// The entry's turn has come; `None` when it is void (cancelled, or started otherwise).
    fn start(self) -> Option<(Self::Args, Self::Reply)>;
    /// Whether the entry is void. A void entry stays void.
    fn is_void(&self) -> bool;
    /// When the call was made, where that is measured.
    fn stamp(&self) -> Stamp;
    /// The call does not run.
    fn refuse(self, error: TaskError);
}

/// Where the outcome of a call goes.
pub(super) trait Reply<T> {
    /// Delivers it; says whether somebody waited for it.
    fn deliver(self, outcome: Result<T, TaskError>) -> bool;
}

/// A call that nobody waits for.
pub(super) struct Bare<A>(pub(super) A, pub(super) Stamp);

impl<A: Send + 'static> Entry for Bare<A> {
    type Args = A;
    type Value = ();
    type Reply = Nobody;
    const ENOUGH: u64 = 1;
    const BREATHS: u32 = 5;

    fn start(self) -> Option<(A, Nobody)> {
        Some((self.0, Nobody))
    }

    fn is_void(&self) -> bool {
        false
    }

    fn stamp(&self) -> Stamp {
        self.1
    }

    fn refuse(self, _: TaskError) {
        discard(self.0);
    }
}

/// The caller did not want to know.
pub(super) struct Nobody;

impl Reply<()> for Nobody {
    #[inline]
    fn deliver(self, outcome: Result<(), TaskError>) -> bool {
        if let Err(error) = outcome {
            discard(error);
        }
        false
    }
}

impl<A: Send + 'static, T: Send + 'static> Entry for Arc<Slot<A, T>> {
    type Args = A;
    type Value = T;
    type Reply = Self;
    const ENOUGH: u64 = 8;
    const BREATHS: u32 = 1;

    fn start(self) -> Option<(A, Self)> {
        let args = Slot::start(&self)?;
        Some((args, self))
    }

    fn is_void(&self) -> bool {
        !self.is_queued()
    }

    fn stamp(&self) -> Stamp {
        Slot::stamp(self)
    }

    fn refuse(self, error: TaskError) {
        Slot::refuse(&self, error);
    }
}

impl<A: Send + 'static, T: Send + 'static> Reply<T> for Arc<Slot<A, T>> {
    fn deliver(self, outcome: Result<T, TaskError>) -> bool {
        self.finish(outcome)
    }
}
