//! What a task function expands to: one static, and one call of a method of it.
//!
//! The static does not name the types of the arguments (it could not, in a generic function or in
//! a method of a generic type), so the typed queue is found by the type of the body's closure: a
//! comparison for the first instance, a walk along a list for others.
//!
//! ```text
//! #[pooled(workers = 2)]
//! fn area(width: u64, height: u64) -> Task<u64> { width * height }
//! ```
//! becomes
//! ```text
//! fn area(width: u64, height: u64) -> Task<u64> {
//!     static SITE: Site = Site::new("area", file!(), line!(), "pooled(workers = 2)");
//!     static TASKS: Tasks = Tasks::new(&SITE);
//!     TASKS.task(
//!         || TaskPlan::new().workers(2),
//!         (width, height),
//!         |_: &mut Scratch<()>, (width, height)| -> u64 { width * height },
//!     )
//! }
//! ```
//! with everything of ours under `::pool_runtime::__private::`. The plan is evaluated once, at the
//! first call. The argument tuple carries the spans of the parameters' *types* and the method's
//! name that of the result's type: that is where an error says that something is not `Send`.
//! Parameters keep their patterns in the closure (`(mut path, (a, b))`); outside of it, what is
//! not a plain name is `arg0`, `arg1`, .. No parameter types are named there, so `impl Trait`
//! parameters work; the result type is (where it is `impl Trait`, leave it out), so that `?` does.
//!
//! *`Admission`*: `TASKS.admit(|| .., (event,), |_: &mut Scratch<()>, (event,)| { .. })`.
//!
//! *Bounded*: `|| TaskPlan::new().workers(8).queue(500).when_full(WhenFull::Drop)`. `"error"` is
//! refused: it ends a loop.
//!
//! *Batched*, one parameter (every parameter is declared as `Vec<X>`, and callers pass an `X`):
//! ```text
//! fn insert(events: Event) -> Task<Result<u64, DbError>> {
//!     ..
//!     TASKS.batched_task(
//!         || TaskPlan::new().workers(4).size(100).linger(Duration::from_millis(5)),
//!         (events,),
//!         |_: &mut Scratch<()>, (events,)| -> Result<Vec<u64>, DbError> { .. },
//!     )
//! }
//! ```
//! The closure's result: `Vec<T>` for `Task<T>`; `Result<Vec<R>, E>` when `T` is written as
//! `Result<R, E>` (any path that ends in `Result`, with the other arguments as they are);
//! `Result<(), E>` and `()` when `T` is those; `()` for `Admission` (`TASKS.batched_admit`).
//!
//! *Several parameters*, batched: parallel `Vec`s, `(ids, names)` on both sides.
//!
//! *Generic*: no difference. *`self: Arc<Self>`*: `(self, width)` outside, `(this, width)` in the
//! closure, and `self` in the body replaced by `this` (in macro arguments too).
//!
//! *`scratch(client = Client::new()?, buffer = vec![0; 65_536])`*: the closure begins with
//! ```text
//!         |scratch, (url,)| -> Result<String, Error> {
//!             let (client, buffer) = match scratch.kept() {
//!                 Some(kept) => kept,
//!                 None => {
//!                     let made = (Client::new()?, vec![0; 65_536]);
//!                     scratch.keep(made)
//!                 }
//!             };
//!             ..
//!         }
//! ```

use std::any::Any;
use std::fmt;
use std::sync::OnceLock;

use super::batch::{BatchResult, Columns, TaskArguments, TaskResult};
use super::carried::{Carried, batched, single};
use super::entry::{Bare, Entry};
use super::error::Admission;
use super::handle::Task;
use super::lifecycle;
use super::plan::TaskPlan;
use super::queue::Queue;
use super::scratch::{Scratch, TaskScratch};
use super::slot::Ticket;
use super::work::{Batched, Single, Work};
use crate::site::Site;

/// The static of a task function. See the module.
///
/// Every call reads it, so it must not lie in one line of the cache with a counter of the user's
/// that the body changes (measured: 20 ns a call). 128 bytes, for lines are fetched in pairs.
#[repr(align(128))]
pub struct Tasks {
    site: &'static Site,
    first: OnceLock<Box<Node>>,
}

/// One instance's queue, and the next instance.
struct Node {
    queue: &'static (dyn Any + Send + Sync),
    next: OnceLock<Box<Self>>,
}

impl Tasks {
    /// The tasks of the function at `site`, none called yet.
    #[must_use]
    pub const fn new(site: &'static Site) -> Self {
        Self { site, first: OnceLock::new() }
    }

    /// A call of a function that returns `Task<T>`.
    #[inline]
    pub fn task<A, S, T, F>(
        &'static self,
        plan: impl FnOnce() -> TaskPlan,
        args: A,
        body: F,
    ) -> Task<T>
    where
        A: TaskArguments,
        S: TaskScratch,
        T: TaskResult,
        F: Fn(&mut Scratch<S>, A) -> T + Send + Sync + 'static,
    {
        captures_nothing::<F>();
        let args = Carried::new(self.site, args);
        self.queue::<Ticket<Carried<A>, T>, _>(|| {
            Queue::new(self.site, &plan(), None, Single::new(single(body)))
        })
        .submit(args)
    }

    /// A call of a function that returns `Admission`.
    #[inline]
    pub fn admit<A, S, F>(
        &'static self,
        plan: impl FnOnce() -> TaskPlan,
        args: A,
        body: F,
    ) -> Admission
    where
        A: TaskArguments,
        S: TaskScratch,
        F: Fn(&mut Scratch<S>, A) + Send + Sync + 'static,
    {
        captures_nothing::<F>();
        let args = Carried::new(self.site, args);
        self.queue::<Bare<Carried<A>>, _>(|| {
            Queue::new(self.site, &plan(), None, Single::new(single(body)))
        })
        .admit(args)
    }

    /// A call of a batched function that returns `Task<T>`.
    #[inline]
    pub fn batched_task<A, S, T, O, F>(
        &'static self,
        plan: impl FnOnce() -> TaskPlan,
        args: A,
        body: F,
    ) -> Task<T>
    where
        A: Columns,
        S: TaskScratch,
        T: TaskResult,
        O: BatchResult<T> + 'static,
        F: Fn(&mut Scratch<S>, A::Columns) -> O + Send + Sync + 'static,
    {
        captures_nothing::<F>();
        let args = Carried::new(self.site, args);
        self.queue::<Ticket<Carried<A>, T>, _>(|| {
            let (plan, body) = (plan(), batched::<A, S, O>(self.site, body));
            Queue::new(self.site, &plan, Some(plan.ripe()), Batched::new(body, plan.ripe()))
        })
        .submit(args)
    }

    /// A call of a batched function that returns `Admission`.
    #[inline]
    pub fn batched_admit<A, S, F>(
        &'static self,
        plan: impl FnOnce() -> TaskPlan,
        args: A,
        body: F,
    ) -> Admission
    where
        A: Columns,
        S: TaskScratch,
        F: Fn(&mut Scratch<S>, A::Columns) + Send + Sync + 'static,
    {
        captures_nothing::<F>();
        let args = Carried::new(self.site, args);
        self.queue::<Bare<Carried<A>>, _>(|| {
            let (plan, body) = (plan(), batched::<A, S, ()>(self.site, body));
            Queue::new(self.site, &plan, Some(plan.ripe()), Batched::new(body, plan.ripe()))
        })
        .admit(args)
    }

    /// The queue for calls of the kind `E` whose body is `W`.
    #[inline]
    fn queue<E, W>(&'static self, make: impl FnOnce() -> Queue<E, W>) -> &'static Queue<E, W>
    where
        E: Entry,
        W: Work<E>,
    {
        if let Some(node) = self.first.get()
            && let Some(queue) = node.queue.downcast_ref()
        {
            return queue;
        }
        self.other_queue(make)
    }

    #[cold]
    fn other_queue<E, W>(&'static self, make: impl FnOnce() -> Queue<E, W>) -> &'static Queue<E, W>
    where
        E: Entry,
        W: Work<E>,
    {
        let mut make = Some(make);
        let mut link = &self.first;
        loop {
            let node = link.get_or_init(|| {
                let queue = make.take().map(|make| &*Box::leak(Box::new(make())));
                let queue = queue.expect("made at most once: the node made is the one sought");
                self.site.enter();
                lifecycle::register(queue);
                Box::new(Node { queue, next: OnceLock::new() })
            });
            if let Some(queue) = node.queue.downcast_ref() {
                return queue;
            }
            link = &node.next;
        }
    }
}

/// The queue keeps the body of the first call for all of them.
const fn captures_nothing<F>() {
    const { assert!(size_of::<F>() == 0, "the body of a task captures nothing") }
}

impl fmt::Debug for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tasks").field("site", self.site).finish_non_exhaustive()
    }
}
