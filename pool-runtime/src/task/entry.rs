//! What stands in line: the bare arguments of a call that returns `Admission`, or the slot of a
//! `Task`.

use std::convert::Infallible;

use super::discard;
use super::error::TaskError;
use super::slot::{Runner, Slot, Ticket};
use crate::report::Stamp;

/// One call in line.
pub(super) trait Entry: Send + 'static {
    /// What the call passed.
    type Args;
    /// What its body returns.
    type Value;
    /// Where the value goes.
    type Reply: Reply<Self::Value>;
    /// What is used again for the next call.
    type Spare: Send;
    /// From so many calls in a row on, nobody minds that the next starts a little later ..
    const ENOUGH: u64;
    /// .. namely so many breaths.
    const BREATHS: u32;

    /// The entry's turn has come; `None` when it is void (cancelled, or started otherwise).
    fn start(self) -> Option<(Self::Args, Self::Reply, Stamp)>;
    /// The entry's turn comes soon.
    fn prepare(&self) {}
    /// Whether the entry is void. A void entry stays void.
    fn is_void(&self) -> bool;
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
    type Spare = Infallible;
    const ENOUGH: u64 = 1;
    const BREATHS: u32 = 60;

    fn start(self) -> Option<(A, Nobody, Stamp)> {
        Some((self.0, Nobody, self.1))
    }

    fn is_void(&self) -> bool {
        false
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

impl<A: Send + 'static, T: Send + 'static> Entry for Ticket<A, T> {
    type Args = A;
    type Value = T;
    type Reply = Runner<A, T>;
    type Spare = Box<Slot<A, T>>;
    const ENOUGH: u64 = 4;
    const BREATHS: u32 = 16;

    #[inline]
    fn start(self) -> Option<(A, Runner<A, T>, Stamp)> {
        Ticket::start(self)
    }

    fn is_void(&self) -> bool {
        Ticket::is_void(self)
    }

    #[inline]
    fn prepare(&self) {
        Ticket::prepare(self);
    }

    fn refuse(self, error: TaskError) {
        Ticket::refuse(self, error);
    }
}

impl<A: Send + 'static, T: Send + 'static> Reply<T> for Runner<A, T> {
    #[inline]
    fn deliver(self, outcome: Result<T, TaskError>) -> bool {
        self.finish(outcome)
    }
}
