//! What goes into the body of a batched function and what may come out.

use std::iter::RepeatN;
use std::iter::repeat_n;
use std::vec;

use super::entry::Reply;
use super::error::{PanicPayload, TaskError};

/// One argument of a task.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a task: it is not `Send`",
    label = "this argument is moved to another thread",
    note = "use a type that can be sent there: `Arc` instead of `Rc`, `Mutex` or an atomic instead \
            of `Cell` and `RefCell`, an owned value instead of a raw pointer",
    note = "a generic parameter needs the bound `Send + 'static`"
)]
pub trait TaskArgument: Send + 'static {}

#[diagnostic::do_not_recommend]
impl<A: Send + 'static> TaskArgument for A {}

/// What a task returns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the result of a task: it is not `Send`",
    label = "this result is moved from the worker to the thread that joins",
    note = "use a type that can be sent there: `Arc` instead of `Rc`, an owned value instead of a \
            borrowed one or a guard"
)]
pub trait TaskResult: Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> TaskResult for T {}

/// The arguments of one call, as a tuple.
pub trait TaskArguments: Send + 'static {}

/// The arguments of a call of a batched function: one element for each parameter's `Vec`.
pub trait Columns: TaskArguments {
    /// A `Vec` for each of them.
    type Columns;

    /// Empty ones with room for `calls`.
    fn columns(calls: usize) -> Self::Columns;

    /// One more call.
    fn append_to(self, columns: &mut Self::Columns);
}

impl TaskArguments for () {}

macro_rules! arguments {
    ($($name:ident $index:tt),+) => {
        impl<$($name: TaskArgument),+> TaskArguments for ($($name,)+) {}

        impl<$($name: TaskArgument),+> Columns for ($($name,)+) {
            type Columns = ($(Vec<$name>,)+);

            fn columns(calls: usize) -> Self::Columns {
                ($(Vec::<$name>::with_capacity(calls),)+)
            }

            fn append_to(self, columns: &mut Self::Columns) {
                $(columns.$index.push(self.$index);)+
            }
        }
    };
}

arguments!(A 0);
arguments!(A 0, B 1);
arguments!(A 0, B 1, C 2);
arguments!(A 0, B 1, C 2, D 3);
arguments!(A 0, B 1, C 2, D 3, E 4);
arguments!(A 0, B 1, C 2, D 3, E 4, F 5);
arguments!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
arguments!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
arguments!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
arguments!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
arguments!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
arguments!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);

/// What the body of a batched function returns, for callers who each get a `T`.
#[diagnostic::on_unimplemented(
    message = "the body of a batched task cannot return `{Self}` for callers that get `{T}`",
    label = "this is what the body returns",
    note = "for `Task<T>` the body returns `Vec<T>`, one result for each call, in order",
    note = "for `Task<Result<T, E>>` it returns `Result<Vec<T>, E>`, for `Task<Result<(), E>>` \
            `Result<(), E>`; `E` must be `Clone`, since every call of the batch gets the error",
    note = "for `Task<()>` and `Admission` it returns `()`"
)]
pub trait BatchResult<T> {
    /// Each call's result.
    type Each: Iterator<Item = T>;

    /// One result for each of `calls`.
    ///
    /// # Errors
    /// A message, when there is another number of them.
    fn spread(self, calls: usize) -> Result<Self::Each, String>;
}

#[diagnostic::do_not_recommend]
impl BatchResult<()> for () {
    type Each = RepeatN<()>;

    fn spread(self, calls: usize) -> Result<RepeatN<()>, String> {
        Ok(repeat_n((), calls))
    }
}

#[diagnostic::do_not_recommend]
impl<T> BatchResult<T> for Vec<T> {
    type Each = vec::IntoIter<T>;

    fn spread(self, calls: usize) -> Result<vec::IntoIter<T>, String> {
        if self.len() == calls {
            return Ok(self.into_iter());
        }
        Err(format!("the body returned {} results for a batch of {calls} calls", self.len()))
    }
}

#[diagnostic::do_not_recommend]
impl<E: Clone> BatchResult<Result<(), E>> for Result<(), E> {
    type Each = RepeatN<Self>;

    fn spread(self, calls: usize) -> Result<RepeatN<Self>, String> {
        Ok(repeat_n(self, calls))
    }
}

#[diagnostic::do_not_recommend]
impl<T, E: Clone> BatchResult<Result<T, E>> for Result<Vec<T>, E> {
    type Each = Spread<T, E>;

    fn spread(self, calls: usize) -> Result<Spread<T, E>, String> {
        match self {
            Ok(values) => values.spread(calls).map(Spread::Values),
            Err(error) => Ok(Spread::Error(repeat_n(error, calls))),
        }
    }
}

/// The results of a batch that can fail as a whole.
#[derive(Debug)]
pub enum Spread<T, E> {
    /// It did not.
    Values(vec::IntoIter<T>),
    /// It did: everybody gets the error.
    Error(RepeatN<E>),
}

impl<T, E: Clone> Iterator for Spread<T, E> {
    type Item = Result<T, E>;

    fn next(&mut self) -> Option<Result<T, E>> {
        match self {
            Self::Values(values) => values.next().map(Ok),
            Self::Error(error) => error.next().map(Err),
        }
    }
}

/// The batch failed in a way that is nobody's result: the first call gets the error itself, the
/// others its message.
pub(super) fn deliver_to_all<T>(
    error: TaskError,
    replies: impl Iterator<Item = impl Reply<T>>,
) -> bool {
    let message = match &error {
        TaskError::Panicked(payload) => payload.message().map(str::to_owned),
        _ => None,
    };
    let others = || {
        let message = message.clone();
        let text = message.unwrap_or_else(|| "the body of this call's batch panicked".to_owned());
        TaskError::Panicked(PanicPayload::new(Box::new(text)))
    };
    let mut first = Some(error);
    let mut awaited = false;
    for reply in replies {
        awaited |= reply.deliver(Err(first.take().unwrap_or_else(others)));
    }
    awaited
}
