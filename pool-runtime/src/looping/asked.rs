//! What a loop asks of types that the macro cannot see, in words of its own.
//!
//! Each question is a trait with a parameter that nobody writes, [`Holds`] or [`Fails`]. Types are
//! one of the two or neither: those that may take part are `Holds`, and no type is `Fails`, which
//! is there so that rustc compares the two before it fixes the parameter. Of a type that is
//! neither it says what the trait's `on_unimplemented` says, and leaves the parameter open. What
//! follows (the bounds on the body, the type of its block) is asked of the parameter too, and
//! rustc does not report what it cannot decide once there are errors. So one mistake is one error,
//! at the place where the question is put: the captured variable, or the expression that the loop
//! runs over.

use std::marker::PhantomData;

use super::flow::{Flow, Step, Through};
use crate::queue::{BatchStream, Stream, SubsliceStream};
use crate::source::{Cut, Pull, Source, Split};

/// Everything asked so far holds.
#[derive(Debug)]
pub struct Holds;

/// What no type is.
#[derive(Debug)]
pub struct Fails;

/// No type is this.
pub trait Never {}

/// The workers of a loop, of whom something is asked.
#[derive(Debug)]
pub struct Workers;

/// A variable that the body of a parallel loop uses, and does not change: several threads read it
/// at a time, so it is [`Sync`].
#[diagnostic::on_unimplemented(
    message = "the workers of a parallel loop cannot share `{T}`: it is not `Sync`",
    label = "used by every iteration, on several threads at a time",
    note = "use a type that threads can share: `Arc` instead of `Rc`, an atomic or a `Mutex` \
            instead of `Cell` and `RefCell`, a reference or an index instead of a raw pointer",
    note = "or give each worker its own: `scratch(name = expression)`",
    note = "a generic parameter needs the bound `Sync`: `T: Sync`, `impl Fn(..) + Sync`"
)]
pub trait Share<T: ?Sized, P> {}

#[diagnostic::do_not_recommend]
impl<T: Sync + ?Sized> Share<T, Holds> for Workers {}
#[diagnostic::do_not_recommend]
impl<T: Never + ?Sized> Share<T, Fails> for Workers {}

/// What may be asked of the workers when all that was asked before holds: a second question about
/// the same mistake is not put.
pub trait Then<T: ?Sized, P> {}

impl<T: ?Sized, P> Then<T, P> for Holds where Workers: Share<T, P> {}

/// An item that the calling thread hands to the workers of a parallel loop, so it is [`Send`].
#[diagnostic::on_unimplemented(
    message = "the items of this loop cannot be sent to its workers: `{Self}` is not `Send`",
    label = "gives items that must stay on their thread",
    note = "use items that can be sent: `Arc` instead of `Rc`, owned values instead of guards and \
            raw pointers",
    note = "items that are `&T` need a `T` that is `Sync`; a generic parameter needs that bound \
            (`T: Sync`), or `T: Send` where the loop takes its items by value"
)]
pub trait Sent<P> {}

#[diagnostic::do_not_recommend]
impl<T: Send> Sent<Holds> for T {}
#[diagnostic::do_not_recommend]
impl<T: Never> Sent<Fails> for T {}

/// What `?`, `return` and `break` carry out of a parallel loop: it reaches the calling thread, so
/// it is [`Send`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot leave a parallel loop: it is not `Send`",
    label = "an iteration of this loop returns it to the calling thread",
    note = "return a type that can be sent there: `Arc` instead of `Rc`, an owned value instead of \
            a guard; `Box<dyn Error>` is accepted as it is",
    note = "a generic parameter needs the bound `Send`"
)]
pub trait Leaves: Send {}

#[diagnostic::do_not_recommend]
impl<T: Send> Leaves for T {}

/// How the body of a loop that can be left ends.
pub trait Ends: Flow + Send {}

impl Ends for Through {}
impl<R: Leaves> Ends for Step<R> {}
impl<R: Leaves, E: Leaves> Ends for Result<Step<R>, E> {}
impl<R: Leaves> Ends for Option<Step<R>> {}

/// What a parallel loop can run over.
pub trait Runs<P> {}

impl<S: Split> Runs<Holds> for Cut<S> {}
impl<I: Iterator + Send> Runs<Holds> for Pull<I> {}
impl<I: Iterator, P> Runs<P> for Stream<'_, I> where I::Item: Sent<P> {}
impl<I: Iterator, P> Runs<P> for BatchStream<'_, I> where I::Item: Sent<P> {}
impl<I: Iterator, P> Runs<P> for SubsliceStream<'_, I> where I::Item: Sent<P> {}

/// What lets a loop over an `S` go on: [`Holds`], and nothing else.
pub trait Lets<S> {
    /// What the body gets.
    type Block;
    /// The source.
    type Source: Source<Block = Self::Block>;
    /// The source.
    fn source(source: S) -> Self::Source;
}

impl<S: Source> Lets<S> for Holds {
    type Block = S::Block;
    type Source = S;
    #[inline(always)]
    fn source(source: S) -> S {
        source
    }
}

/// A body whose captures have been asked about.
pub trait Shareable<P>: Sync {}

impl<B: Sync> Shareable<Holds> for B {}
impl<B: Sync> Shareable<Fails> for B {}

/// Both of two answers.
pub trait Both {
    /// [`Holds`] if they hold.
    type Answer;
}

impl Both for (Holds, Holds) {
    type Answer = Holds;
}
impl Both for (Holds, Fails) {
    type Answer = Fails;
}
impl Both for (Fails, Holds) {
    type Answer = Fails;
}

/// An answer that a type carries around.
pub(super) type Answer<P> = PhantomData<fn() -> P>;
