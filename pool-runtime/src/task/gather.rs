//! Waiting for several tasks.

use super::error::TaskError;
use super::handle::Task;

/// Waits for all of the tasks; their outcomes in the tasks' order.
///
/// ```
/// use pool_runtime::{join_all, pooled, Task};
///
/// #[pooled(workers = 2)]
/// fn half(n: u32) -> Task<u32> {
///     assert!(n.is_multiple_of(2), "{n} is odd");
///     n / 2
/// }
///
/// let halves = join_all([2, 3, 4].map(half));
/// assert_eq!(halves[2].as_ref().ok(), Some(&2));
/// assert!(halves[1].is_err());
/// ```
pub fn join_all<T>(tasks: impl IntoIterator<Item = Task<T>>) -> Vec<Result<T, TaskError>> {
    // All are made before the first is waited for, should the iterator make them.
    let tasks: Vec<Task<T>> = tasks.into_iter().collect();
    tasks.into_iter().map(Task::join).collect()
}

/// Waits for all of the tasks; their values in the tasks' order.
///
/// # Errors
/// That of the first task, in order, that has no value; the tasks behind it are then detached,
/// as if dropped.
///
/// ```
/// use pool_runtime::{pooled, try_join_all, Task};
///
/// #[pooled(workers = 2)]
/// fn square(n: u32) -> Task<u32> {
///     n * n
/// }
///
/// let squares = try_join_all((1..=4).map(square))?;
/// assert_eq!(squares, [1, 4, 9, 16]);
/// # Ok::<(), pool_runtime::TaskError>(())
/// ```
pub fn try_join_all<T>(tasks: impl IntoIterator<Item = Task<T>>) -> Result<Vec<T>, TaskError> {
    let tasks: Vec<Task<T>> = tasks.into_iter().collect();
    tasks.into_iter().map(Task::join).collect()
}
