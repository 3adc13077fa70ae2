//! The loop driver: what an annotated `for` loop expands to.
//!
//! ```text
//! // for i in 0..n { sum += i; }
//! Loop::new(&SITE, source!(0..n))
//!     .workers(8)
//!     .chunk(10_000)
//!     .run(
//!         (add!(sum),),                       // by value, re-bound under the user's own names
//!         (),                                 // by `&mut`: windows, histograms, scratch
//!         |(mut sum,), (), block| {
//!             for i in block { sum += i; }    // the user's loop as it is
//!             (sum,)
//!         },
//!     );
//!
//! // a body that can leave; `Carry<R, _>` where it has `?`, a plain `Step<_>` where it has not
//! if let Some(value) = Loop::new(&SITE, source!(&paths)).run_until(
//!     (add!(bytes),), (),
//!     |(mut bytes,), (), block| {
//!         let step = attempt(|| -> Carry<R, Step<_>> {
//!             for path in block { bytes += size(path)?; }
//!             <R as Leave>::with(Step::Next)
//!         });
//!         ((bytes,), step)
//!     },
//! )? { return value; }
//!
//! // `timeout`: the same, with the time-out around it
//! Loop::new(&SITE, source).timeout(limit).run(values, views, body)?;
//! Loop::new(&SITE, source).timeout(limit).run_until(values, views, body)??;
//!
//! // `errors = "any"`
//! Loop::new(&SITE, source).any_error().run_until(values, views, body)?;
//!
//! // `errors = "all"`: each item in its own closure, the errors as one more view
//! let mut failures = Failures::new();
//! Loop::new(&SITE, source!(&lines)).run(
//!     (add!(sum),), (failures.collect(),),
//!     |(mut sum,), (failed,), block| {
//!         for line in block {
//!             failed.note(attempt(|| -> Result<(), <R as Grouped>::Error> { sum += parse(line)?; Ok(()) }));
//!         }
//!         (sum,)
//!     },
//! );
//! failures.into_result()?;
//!
//! // `#[ordered] { .. }` at the end of the body; what it changes goes through the turnstile
//! let order = Ordered::new((&mut file, &mut lines));
//! Loop::new(&SITE, source!(&lines)).run((), (order.turns(),), |(), (turns,), block| {
//!     let turns = &*turns;
//!     for line in turns.over(block) {
//!         let record = parse(line);
//!         let mut turn = turns.enter();
//!         let (file, lines) = &mut *turn;
//!         { writeln!(file, "{record}"); **lines += 1; }
//!     }
//! });
//! ```
//!
//! A `break` of the loop is `return Step::Break`, a `return e` is `return Step::Return(e)`, each
//! through `<R as Leave>::with` where the closure returns a `Carry`.

mod alone;
mod asked;
mod brief;
mod caller;
mod claim;
mod count;
mod declared;
mod discard;
mod drive;
mod ends;
mod errors;
mod flow;
mod leaving;
mod lend;
mod life;
mod merge;
mod ordered;
mod pace;
mod places;
mod progress;
mod shares;
mod solo;
mod team;
mod timeout;
mod undo;

pub use asked::{Ends, Holds, Leaves, Runs, Sent, Share, Then, Workers};
pub use count::Count;
pub use declared::{Declared, PickBoxed, PickSame};
pub(crate) use drive::serial;
pub use errors::{Departure, Errors, Failures, Grouped, LeavesGrouped, LeavesOtherwise};
pub use flow::{Carry, Flow, Leave, Step, Through};
pub use lend::{lend1, lend2, lend3, lend4, lend5, lend6, lend7, lend8};
pub use ordered::Ordered;
pub use shares::Shares;
pub use timeout::TimedOut;

use std::marker::PhantomData;
use std::time::Duration;

use asked::{Answer, Both as BothAnswers, Lets, Shareable};
pub(crate) use count::positive;
use drive::{Plan, drive};
use ends::Rule;
use progress::Bar;

use crate::pool::Pool;
use crate::site::Site;

/// Runs `body` here and now: the closure around a body that `?` or `return` leaves.
#[inline(always)]
pub fn attempt<T>(body: impl FnOnce() -> T) -> T {
    body()
}

/// An annotated loop, ready to run.
#[must_use]
#[derive(Debug)]
pub struct Loop<'p, S, P = Holds> {
    site: &'static Site,
    source: S,
    plan: Plan<'p>,
    asked: Answer<P>,
}

impl<'p, S, P> Loop<'p, S, P> {
    /// A loop over `source` with the default plan: the global pool, all of its workers.
    #[inline]
    pub fn new(site: &'static Site, source: S) -> Self
    where
        S: Runs<P>,
    {
        let plan = Plan {
            workers: None,
            chunk: None,
            pool: None,
            limit: None,
            rule: Rule::Lowest,
            bar: None,
        };
        Self { site, source, plan, asked: PhantomData }
    }

    /// The body uses this variable and does not change it. Nothing is done with the pointer: it
    /// says where the variable stands, and what its type is.
    #[inline]
    pub fn captures<T: ?Sized, Q>(
        self,
        _variable: *const T,
    ) -> Loop<'p, S, <(P, Q) as BothAnswers>::Answer>
    where
        Workers: Share<T, Q>,
        (P, Q): BothAnswers,
    {
        Loop { site: self.site, source: self.source, plan: self.plan, asked: PhantomData }
    }

    /// As [`captures`](Self::captures), for a variable parts of which have been asked about: the
    /// body gets at them through all of it.
    #[inline]
    pub fn captures_all<T: ?Sized, Q>(
        self,
        _variable: *const T,
    ) -> Loop<'p, S, <(P, Q) as BothAnswers>::Answer>
    where
        P: Then<T, Q>,
        (P, Q): BothAnswers,
    {
        Loop { site: self.site, source: self.source, plan: self.plan, asked: PhantomData }
    }

    /// At most this many threads run the body at a time.
    ///
    /// # Panics
    /// When it is less than 1.
    #[inline]
    #[track_caller]
    pub fn workers(mut self, workers: impl Count) -> Self {
        self.plan.workers = Some(positive("workers", workers));
        self
    }

    /// The size of a block.
    ///
    /// # Panics
    /// When it is less than 1.
    #[inline]
    #[track_caller]
    pub fn chunk(mut self, chunk: impl Count) -> Self {
        self.plan.chunk = Some(positive("chunk", chunk));
        self
    }

    /// The pool whose threads help.
    #[inline]
    pub fn pool(mut self, pool: &'p Pool) -> Self {
        self.plan.pool = Some(pool);
        self
    }

    /// Shows how far the loop is, on a terminal, if the feature `progress` is enabled.
    #[inline]
    pub fn progress(mut self, label: impl AsRef<str>) -> Self {
        self.plan.bar = Some(Bar::new(label));
        self
    }

    /// The first exit in time counts, not the lowest.
    #[inline]
    pub fn any_error(mut self) -> Self {
        self.plan.rule = Rule::First;
        self
    }

    /// No new block starts after this time.
    #[inline]
    pub fn timeout(mut self, limit: Duration) -> Timed<'p, S, P> {
        self.plan.limit = Some(limit);
        Timed(self)
    }

    /// Runs a loop whose body does not leave.
    ///
    /// # Panics
    /// With the panic of the lowest position, if the body or the source panics.
    #[inline]
    pub fn run<A, V, B>(self, values: A, views: V, body: B)
    where
        P: Lets<S>,
        A: Shares,
        V: Shares,
        B: Fn(A::Local, &mut V::Local, P::Block) -> A::Local + Shareable<P>,
    {
        // Without `timeout` there is no time-out.
        let _ = self.through(values, views, body);
    }

    /// Runs a loop whose body can leave.
    ///
    /// # Panics
    /// As [`run`](Self::run).
    #[inline]
    pub fn run_until<A, V, X, B>(self, values: A, views: V, body: B) -> X::Out
    where
        P: Lets<S>,
        A: Shares,
        V: Shares,
        X: Ends,
        B: Fn(A::Local, &mut V::Local, P::Block) -> (A::Local, X) + Shareable<P>,
    {
        self.until(values, views, body).unwrap_or_else(|_| X::through())
    }

    #[inline]
    fn through<A, V, B>(self, values: A, views: V, body: B) -> Result<(), TimedOut>
    where
        P: Lets<S>,
        A: Shares,
        V: Shares,
        B: Fn(A::Local, &mut V::Local, P::Block) -> A::Local + Shareable<P>,
    {
        drive(
            self.site,
            P::source(self.source),
            self.plan,
            values,
            views,
            |values, views, block| (body(values, views, block), Through),
        )
    }

    #[inline]
    fn until<A, V, X, B>(self, values: A, views: V, body: B) -> Result<X::Out, TimedOut>
    where
        P: Lets<S>,
        A: Shares,
        V: Shares,
        X: Ends,
        B: Fn(A::Local, &mut V::Local, P::Block) -> (A::Local, X) + Shareable<P>,
    {
        drive(self.site, P::source(self.source), self.plan, values, views, body)
    }
}

/// A loop with a `timeout`.
#[must_use]
#[derive(Debug)]
pub struct Timed<'p, S, P = Holds>(Loop<'p, S, P>);

impl<S, P> Timed<'_, S, P> {
    /// As [`Loop::run`].
    ///
    /// # Errors
    /// When the time was up before the last item started.
    ///
    /// # Panics
    /// As [`Loop::run`].
    #[inline]
    pub fn run<A, V, B>(self, values: A, views: V, body: B) -> Result<(), TimedOut>
    where
        P: Lets<S>,
        A: Shares,
        V: Shares,
        B: Fn(A::Local, &mut V::Local, P::Block) -> A::Local + Shareable<P>,
    {
        self.0.through(values, views, body)
    }

    /// As [`Loop::run_until`].
    ///
    /// # Errors
    /// When the time was up before the last item started, and nothing left the loop.
    ///
    /// # Panics
    /// As [`Loop::run`].
    #[inline]
    pub fn run_until<A, V, X, B>(self, values: A, views: V, body: B) -> Result<X::Out, TimedOut>
    where
        P: Lets<S>,
        A: Shares,
        V: Shares,
        X: Ends,
        B: Fn(A::Local, &mut V::Local, P::Block) -> (A::Local, X) + Shareable<P>,
    {
        self.0.until(values, views, body)
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
