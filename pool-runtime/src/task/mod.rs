//! Task functions: each call moves its arguments into the function's own queue.
//!
//! `README.md` beside this file has the protocols. From the outside in: [`tasks`] is what
//! generated code names; [`queue`] joins a line of calls ([`stage`]) with a body ([`work`]) and
//! what workers keep ([`scratch`]); [`slot`] holds the arguments and the result of one `Task`
//! ([`handle`]); [`crew`] has the threads; [`inside`] is what makes waiting inside a task safe.

mod batch;
mod calls;
mod carried;
mod crew;
mod entry;
mod error;
mod gather;
mod handle;
mod inside;
mod lifecycle;
mod plan;
mod queue;
mod scratch;
mod slot;
mod stage;
mod tasks;
mod work;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use batch::{BatchResult, Columns, TaskArgument, TaskArguments, TaskResult};
pub use error::{Admission, PanicPayload, TaskError};
pub use gather::{join_all, try_join_all};
pub use handle::Task;
pub use lifecycle::{drain, shutdown};
pub(crate) use lifecycle::{figures, settle};
pub use plan::{TaskPlan, WhenFull};
pub use scratch::{Scratch, TaskScratch};
pub use tasks::Tasks;

#[cfg(all(test, not(loom)))]
mod tests;

/// Runs something of the user's whose panic concerns nobody here.
fn contain(work: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(work)) {
        // Dropping a payload may panic again: then it is leaked.
        if let Err(worse) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(worse);
        }
    }
}

/// Drops something of the user's.
fn discard<T>(value: T) {
    if std::mem::needs_drop::<T>() {
        contain(|| drop(value));
    }
}
