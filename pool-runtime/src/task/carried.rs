//! A call's arguments with the context of its caller (feature `tracing`), and bodies that run in
//! it. Without the feature the context has no size.

use super::batch::{Columns, TaskArguments};
use super::scratch::{Scratch, TaskScratch};
use crate::report::Context;
use crate::site::Site;

/// What a call hands over.
pub(super) struct Carried<A> {
    args: A,
    context: Context,
}

impl<A> Carried<A> {
    /// The arguments of a call made here and now.
    #[inline]
    pub(super) fn new(site: &Site, args: A) -> Self {
        Self { args, context: Context::of_task(site) }
    }
}

impl<A: TaskArguments> TaskArguments for Carried<A> {}

impl<A: Columns> Columns for Carried<A> {
    type Columns = (A::Columns, Vec<Context>);

    fn columns(calls: usize) -> Self::Columns {
        (A::columns(calls), Vec::with_capacity(calls))
    }

    fn append_to(self, (columns, contexts): &mut Self::Columns) {
        self.args.append_to(columns);
        contexts.push(self.context);
    }
}

/// The body of a call, in its context.
pub(super) fn single<A, S: TaskScratch, T>(
    body: impl Fn(&mut Scratch<S>, A) -> T,
) -> impl Fn(&mut Scratch<S>, Carried<A>) -> T {
    move |scratch, Carried { args, context }| {
        let _inside = context.enter();
        body(scratch, args)
    }
}

/// The body of a batch of calls of the function at `site`, in the context of all of them.
pub(super) fn batched<A: Columns, S: TaskScratch, O>(
    site: &'static Site,
    body: impl Fn(&mut Scratch<S>, A::Columns) -> O,
) -> impl Fn(&mut Scratch<S>, (A::Columns, Vec<Context>)) -> O {
    move |scratch, (columns, contexts)| {
        let batch = Context::of_batch(site, &contexts);
        let _inside = batch.enter();
        body(scratch, columns)
    }
}
