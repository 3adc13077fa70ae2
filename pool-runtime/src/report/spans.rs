//! Feature `tracing`: a span for every run of a loop, every task and every batch, and the way of
//! the caller's context to the workers. Without the feature nothing here has a size or does
//! anything.
//!
//! A worker is another thread, so two things that `tracing` keeps in thread locals have to be
//! brought to it: the span that is current, and the subscriber, where the caller has one of its own
//! (`with_default`). Where the subscriber does not want our spans (they are `INFO` of the target
//! `pool_runtime`), the caller's span is entered on the workers instead.

use crate::site::Site;

#[cfg(feature = "tracing")]
pub(crate) use on::Context;

#[cfg(not(feature = "tracing"))]
pub(crate) use off::Context;

#[cfg(feature = "tracing")]
mod on {
    use tracing::dispatcher::{DefaultGuard, get_default, set_default};
    use tracing::level_filters::LevelFilter;
    use tracing::span::Entered;
    use tracing::{Dispatch, Span, info_span};

    use super::Site;

    /// Where a loop or a task was called, and its span there.
    #[derive(Debug)]
    pub(crate) struct Context {
        /// Its own span, else the caller's.
        span: Span,
        /// Whether it is its own.
        own: bool,
        /// The caller's subscriber, if there is any.
        subscriber: Option<Dispatch>,
    }

    /// While this lives, the thread is in a context.
    #[must_use]
    pub(crate) struct Inside<'a> {
        // In this order: the span is left while its subscriber is still the current one.
        _span: Option<Entered<'a>>,
        _subscriber: Option<DefaultGuard>,
    }

    impl Context {
        /// Of a call here and now. `span` is not called when nobody subscribes to anything.
        #[inline]
        fn of(span: impl FnOnce() -> Span) -> Self {
            if LevelFilter::current() == LevelFilter::OFF {
                return Self { span: Span::none(), own: false, subscriber: None };
            }
            Self::subscribed(span())
        }

        #[cold]
        fn subscribed(own: Span) -> Self {
            let is_own = !own.is_disabled();
            let span = if is_own { own } else { Span::current() };
            Self { span, own: is_own, subscriber: Some(get_default(Dispatch::clone)) }
        }

        /// Of a run of the loop at `site`.
        #[inline]
        pub(crate) fn of_loop(site: &Site) -> Self {
            Self::of(
                || info_span!(target: "pool_runtime", "loop", name = site.name(), file = site.file(), line = site.line()),
            )
        }

        /// Of a call of the task function at `site`.
        #[inline]
        pub(crate) fn of_task(site: &Site) -> Self {
            Self::of(
                || info_span!(target: "pool_runtime", "task", name = site.name(), file = site.file(), line = site.line()),
            )
        }

        /// Of a batch of calls of the function at `site`: its span is a child of the first call's
        /// and follows from the others'.
        pub(crate) fn of_batch(site: &Site, calls: &[Self]) -> Self {
            let first = calls.iter().find(|call| call.subscriber.is_some());
            let Some(Self { span: parent, subscriber: Some(subscriber), .. }) = first else {
                return Self { span: Span::none(), own: false, subscriber: None };
            };
            let _subscriber = set_default(subscriber);
            let (name, file, line) = (site.name(), site.file(), site.line());
            let own = info_span!(target: "pool_runtime", parent: parent, "batch", name, file, line, calls = calls.len());
            for call in calls {
                if !std::ptr::eq(&call.span, parent) {
                    own.follows_from(&call.span);
                }
            }
            let is_own = !own.is_disabled();
            let span = if is_own { own } else { parent.clone() };
            Self { span, own: is_own, subscriber: Some(subscriber.clone()) }
        }

        /// Enters the span, on the thread that called.
        #[inline]
        pub(crate) fn enter_here(&self) -> Inside<'_> {
            Inside { _span: self.own.then(|| self.span.enter()), _subscriber: None }
        }

        /// Enters the context on a worker.
        #[inline]
        pub(crate) fn enter(&self) -> Inside<'_> {
            match &self.subscriber {
                Some(subscriber) => Inside {
                    _subscriber: Some(set_default(subscriber)),
                    _span: Some(self.span.enter()),
                },
                None => Inside { _span: None, _subscriber: None },
            }
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use std::marker::PhantomData;

    use super::Site;

    /// Nothing.
    #[derive(Debug)]
    pub(crate) struct Context;

    /// Nothing.
    #[must_use]
    pub(crate) struct Inside<'a>(PhantomData<&'a Context>);

    impl Context {
        #[inline(always)]
        pub(crate) fn of_loop(_: &Site) -> Self {
            Self
        }

        #[inline(always)]
        pub(crate) fn of_task(_: &Site) -> Self {
            Self
        }

        #[inline(always)]
        pub(crate) fn of_batch(_: &Site, _: &[Self]) -> Self {
            Self
        }

        #[inline(always)]
        pub(crate) fn enter_here(&self) -> Inside<'_> {
            Inside(PhantomData)
        }

        #[inline(always)]
        pub(crate) fn enter(&self) -> Inside<'_> {
            Inside(PhantomData)
        }
    }
}
