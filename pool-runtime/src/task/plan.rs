//! What the attributes of a task function asked for.

use std::time::Duration;

use super::stage::Ripe;
use crate::pool::{Pool, default_workers};

/// What happens to a call that finds the queue full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// The caller waits. (A caller that is itself a task runs the call rather than deadlock.)
    Block,
    /// The call is dropped: `TaskError::Dropped`, `Admission::Dropped`.
    Drop,
    /// The call that waits longest is dropped.
    DropOldest,
    /// The caller runs the call.
    Run,
}

/// The plan of a task function, made by generated code at the first call.
///
/// Numbers below 1 count as 1: constants are checked at compile time, and this is what an
/// expression that turns out 0 means.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct TaskPlan {
    workers: Option<usize>,
    pool: Option<usize>,
    queue: Option<usize>,
    pub(super) when_full: WhenFull,
    size: usize,
    linger: Option<Duration>,
}

impl TaskPlan {
    /// As many workers as the machine can run at a time, an unbounded queue, no batches.
    #[allow(clippy::new_without_default, reason = "generated code says `new`")]
    pub const fn new() -> Self {
        Self {
            workers: None,
            pool: None,
            queue: None,
            when_full: WhenFull::Block,
            size: 1,
            linger: None,
        }
    }

    /// `workers = n`.
    pub const fn workers(mut self, workers: usize) -> Self {
        self.workers = Some(workers);
        self
    }

    /// `pool = &POOL`: as many workers as it has, unless `workers` says. (The threads are those of
    /// all tasks.)
    pub fn pool(mut self, pool: &Pool) -> Self {
        self.pool = Some(pool.workers());
        self
    }

    /// `queue = n`.
    pub const fn queue(mut self, queue: usize) -> Self {
        self.queue = Some(queue);
        self
    }

    /// `on_full = ".."`.
    pub const fn when_full(mut self, when_full: WhenFull) -> Self {
        self.when_full = when_full;
        self
    }

    /// `size = n`, for batched functions.
    pub const fn size(mut self, size: usize) -> Self {
        self.size = size;
        self
    }

    /// `linger = ".."`, for batched functions.
    pub const fn linger(mut self, linger: Duration) -> Self {
        self.linger = Some(linger);
        self
    }

    pub(super) fn crew(&self) -> usize {
        self.workers.or(self.pool).unwrap_or_else(default_workers).max(1)
    }

    pub(super) fn limit(&self) -> Option<usize> {
        self.queue.map(|queue| queue.max(1))
    }

    pub(super) fn ripe(&self) -> Ripe {
        Ripe { size: self.size.max(1), linger: self.linger }
    }
}
