//! What a call says at once, and why a task has no result.

use std::any::Any;
use std::error::Error;
use std::fmt;

/// What a function that returns `Admission` says of each call.
///
/// ```
/// use pool_runtime::Admission;
/// # fn record(_: u32) -> Admission { Admission::Accepted }
/// let mut lost = 0;
/// if record(7) == Admission::Dropped {
///     lost += 1;
/// }
/// # assert_eq!(lost, 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Admission {
    /// The call waits for a worker, or has run already.
    Accepted,
    /// The call never runs: the queue was full and drops what is too much
    /// (`on_full = "drop"`), or it was made after [`shutdown`](crate::shutdown).
    Dropped,
}

impl Admission {
    /// Whether the call was accepted.
    #[must_use]
    pub const fn is_accepted(self) -> bool {
        matches!(self, Self::Accepted)
    }
}

/// Why a task has no result.
///
/// ```
/// use pool_runtime::TaskError;
/// # fn outcome() -> Result<u32, TaskError> { Err(TaskError::Dropped) }
/// match outcome() {
///     Ok(value) => println!("{value}"),
///     Err(TaskError::Panicked(payload)) => payload.resume(),
///     Err(error) => eprintln!("{error}"), // the task was dropped from a full queue
/// }
/// ```
pub enum TaskError {
    /// The body panicked, with this payload. (Also: the body of a batch returned another number
    /// of results than it got calls; the payload says how many.)
    Panicked(PanicPayload),
    /// The queue was full, and the call was dropped as `on_full` says.
    Dropped,
    /// The task was cancelled before it started.
    Cancelled,
    /// The call was made after [`shutdown`](crate::shutdown), or still waited when its time was up.
    Closed,
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panicked(payload) => match payload.message() {
                Some(message) => write!(f, "the task panicked: {message}"),
                None => f.write_str("the task panicked"),
            },
            Self::Dropped => f.write_str("the task was dropped from a full queue"),
            Self::Cancelled => f.write_str("the task was cancelled before it started"),
            Self::Closed => f.write_str("the task did not run: `shutdown` had been called"),
        }
    }
}

impl fmt::Debug for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panicked(payload) => f.debug_tuple("Panicked").field(payload).finish(),
            Self::Dropped => f.write_str("Dropped"),
            Self::Cancelled => f.write_str("Cancelled"),
            Self::Closed => f.write_str("Closed"),
        }
    }
}

impl Error for TaskError {}

/// What a task's body panicked with.
///
/// A `Box<dyn Any + Send>` as `std::thread` gives it, except that it is `Sync` too, as an error
/// should be: a shared reference only shows payloads of `Sync` types.
pub struct PanicPayload(Box<dyn Any + Send>);

// SAFETY: `&PanicPayload` gives access to the payload as a value of a `Sync` type only
// (`downcast_ref` asks for it; `message` looks for `&str` and `String`; `is` reads its type).
#[allow(unsafe_code, reason = "an error type must be `Sync` to be boxed with `?`")]
unsafe impl Sync for PanicPayload {}

impl PanicPayload {
    pub(super) fn new(payload: Box<dyn Any + Send>) -> Self {
        Self(payload)
    }

    /// The message, when the payload is one: `panic!("..")` and everything built on it.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        let text = self.downcast_ref::<&'static str>().copied();
        text.or_else(|| self.downcast_ref::<String>().map(String::as_str))
    }

    /// Whether the payload is a `P`.
    #[must_use]
    pub fn is<P: Any>(&self) -> bool {
        self.0.is::<P>()
    }

    /// The payload, if it is a `P`.
    #[must_use]
    pub fn downcast_ref<P: Any + Sync>(&self) -> Option<&P> {
        self.0.downcast_ref()
    }

    /// The payload, if it is a `P`.
    ///
    /// # Errors
    /// `self` when the payload is something else.
    pub fn downcast<P: Any>(self) -> Result<Box<P>, Self> {
        self.0.downcast().map_err(Self)
    }

    /// The payload as [`std::panic::catch_unwind`] returned it.
    #[must_use]
    pub fn into_inner(self) -> Box<dyn Any + Send> {
        self.0
    }

    /// Lets the panic go on in this thread, without calling the panic hook again.
    ///
    /// # Panics
    /// Always, with the task's payload.
    pub fn resume(self) -> ! {
        std::panic::resume_unwind(self.0)
    }
}

impl fmt::Debug for PanicPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message() {
            Some(message) => fmt::Debug::fmt(message, f),
            None => f.write_str("Any { .. }"),
        }
    }
}

impl From<PanicPayload> for Box<dyn Any + Send> {
    fn from(payload: PanicPayload) -> Self {
        payload.0
    }
}
