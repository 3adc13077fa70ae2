//! How one place is reduced: the rule, and the choice of it by the place's type.
//!
//! The constructors (`add!`, `append!` ..) see a place expression but not its type, so the type
//! chooses: autoref dispatch (David Tolnay's "autoref specialization") on [`Of`] tries the levels
//! below in order, on stable Rust, also inside generic functions, where the bounds decide. A type
//! that is still an integer or float variable (`let mut sum = 0;`) takes the first level, and is
//! inferred from the body as if the loop were sequential.
//!
//! | level | for `+` | for a container |
//! |---|---|---|
//! | [`First`] | [`BuiltIn`]: numbers, `String`, `Duration` .. | std's container itself |
//! | [`Second`] | [`Summed`]: `Sum + AddAssign` | behind a `Box` or a guard |
//! | [`Third`] | [`Defaulted`]: `Default + AddAssign` | |
//! | [`Last`] | [`Merged`]: `Accumulate`, or the one error | the same |

use std::marker::PhantomData;
use std::ops::{DerefMut, Range};
use std::sync::atomic::AtomicI64;

use super::{Accumulate, Accumulator, Gathered, Order};

pub use super::append::ByAppend;
pub use super::best::Best;
pub use super::bins::{ByBins, ByRow, fixed};
pub use super::choice::{ByChoice, ordered};
pub use super::collect::{PickOther, PickVec};
pub use super::compare::{ByComparison, ByTotalOrder};
pub use super::entry::ByEntry;
pub use super::entry_from::ByEntryFrom;
pub use super::fields::{ByFields, Lens};
pub use super::first::ByFirst;
pub use super::held::Held;
pub use super::indexed::{AsItself, AsNothing, AsOwner};
pub use super::insert::ByInsert;
pub use super::insert::last_wins;
pub use super::merged::Merged;
pub use super::parts::{Type, Within, WithinNothing, WithinOwner};
pub use super::rows::{Below, Here, Level};
pub use super::scratch::{Clones, Made, Slots};
pub use super::sharded::InParts;
pub use super::taken::{PickCloned, PickCopied, PickEmptied, Take, TypeOf};
pub use super::tuple::{At, Fields, PickField, PickNoField, PickNoTuple, PickTuple, Untouched};
pub use super::window::Window;

/// How shares of a `T` are started, put together and added to the user's `T`.
///
/// Whether all this may be sent to other threads is asked by [`Fold`], not here: it must not
/// decide which rule is chosen, only whether the loop is accepted.
pub trait Rule<T: ?Sized>: Sync {
    /// What a worker needs in order to start a share.
    type Seed;
    /// What the body works on.
    type Share;
    /// How shares may be grouped.
    const ORDER: Order;

    /// As [`Accumulator::DEAR`].
    const DEAR: bool = false;

    /// Says that a share is a place like the user's, and that the body may do to the place at once
    /// what it does to a share.
    fn share_is_place(&self) -> Option<Same<T, Self::Share>>
    where
        T: Sized,
    {
        None
    }

    /// As [`Accumulator::in_place`].
    ///
    /// # Safety
    /// As there.
    #[allow(unsafe_code, reason = "declares a contract that the driver upholds")]
    unsafe fn in_place(&self, _place: &mut T) -> Option<Self::Share> {
        None
    }

    /// Called once, before the loop.
    fn seed(&self, place: &T) -> Self::Seed;
    /// A share that adds nothing.
    fn fresh(&self, seed: &Self::Seed) -> Self::Share;
    /// Adds the share that is next by position.
    fn merge(&self, into: &mut Self::Share, later: Self::Share);
    /// Adds the whole loop's share to the user's place.
    fn apply(&self, place: &mut T, total: Self::Share);

    /// [`merge`](Self::merge) for a rule whose shares may leave their type's range where the
    /// total does not: what left it is kept in `carry`.
    fn gather(&self, carry: &Carry, into: &mut Self::Share, later: Self::Share) {
        let _ = carry;
        self.merge(into, later);
    }
    /// [`apply`](Self::apply) after [`gather`](Self::gather).
    fn settle(&self, carry: &Carry, place: &mut T, total: Self::Share) {
        let _ = carry;
        self.apply(place, total);
    }
}

/// Says that two types are the same one.
#[derive(Debug)]
pub struct Same<A, B>(PhantomData<(A, B)>);

impl<A> Same<A, A> {
    /// They are.
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<A, B> Same<A, B> {
    /// A pointer to either.
    pub(super) fn pointer(self, pointer: *mut A) -> *mut B {
        pointer.cast()
    }

    /// So are arrays of them.
    pub(super) fn in_array<const N: usize>(self) -> Same<[A; N], [B; N]> {
        Same(PhantomData)
    }

    /// So are `Vec`s of them.
    pub(super) fn in_vec(self) -> Same<Vec<A>, Vec<B>> {
        Same(PhantomData)
    }
}

/// How many times the shares gathered so far have left their type's range upwards, less how many
/// times downwards.
pub type Carry = AtomicI64;

/// The rule that the language itself knows for the operator `O`.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuiltIn<O>(PhantomData<O>);

/// The identity through `Sum` or `Product`, the merge through the operator's assignment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Summed<O>(PhantomData<O>);

/// The identity through `Default` (and `!`), the merge through the operator's assignment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Defaulted<O>(PhantomData<O>);

/// The rule `R` for what a `Box`, a guard or another owner of the place leads to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Through<R>(R);

impl<P: ?Sized, R> Rule<P> for Through<R>
where
    P: DerefMut,
    R: Rule<P::Target>,
{
    type Seed = R::Seed;
    type Share = R::Share;
    const ORDER: Order = R::ORDER;
    const DEAR: bool = R::DEAR;

    #[allow(unsafe_code, reason = "passes on the contract of `Rule::in_place`")]
    unsafe fn in_place(&self, place: &mut P) -> Option<Self::Share> {
        // SAFETY: the caller's promise: what owns the place lives as long.
        unsafe { self.0.in_place(place) }
    }
    fn seed(&self, place: &P) -> Self::Seed {
        self.0.seed(place)
    }
    fn fresh(&self, seed: &Self::Seed) -> Self::Share {
        self.0.fresh(seed)
    }
    fn merge(&self, into: &mut Self::Share, later: Self::Share) {
        self.0.merge(into, later);
    }
    fn apply(&self, place: &mut P, total: Self::Share) {
        self.0.apply(place, total);
    }
}

/// A place reduced by a rule.
#[derive(Debug)]
pub struct Fold<'a, T: ?Sized, R> {
    pub(super) place: &'a mut T,
    pub(super) rule: R,
}

impl<'a, T: ?Sized, R> Fold<'a, T, R> {
    /// Reduces `place` by `rule`.
    pub fn new(place: &'a mut T, rule: R) -> Self {
        Self { place, rule }
    }
}

/// What the workers of one loop share about one place.
#[derive(Debug)]
pub struct Plot<R, S> {
    pub(super) rule: R,
    pub(super) seed: S,
    pub(super) carry: Carry,
}

impl<T: ?Sized, R> Accumulator for Fold<'_, T, R>
where
    R: Rule<T, Share: Gathered, Seed: Sync> + Clone,
{
    type Seed = Plot<R, R::Seed>;
    type Local = R::Share;
    const ORDER: Order = R::ORDER;
    const DEAR: bool = R::DEAR;

    fn seed(&mut self, _: Option<usize>) -> Self::Seed {
        let seed = self.rule.seed(self.place);
        Plot { rule: self.rule.clone(), seed, carry: Carry::new(0) }
    }

    #[allow(unsafe_code, reason = "passes on the contract of `Accumulator::in_place`")]
    unsafe fn in_place(&mut self) -> Option<Self::Local> {
        // SAFETY: the caller's promise, word for word.
        unsafe { self.rule.in_place(self.place) }
    }

    #[allow(unsafe_code, reason = "implements a trait whose contract is not needed here")]
    unsafe fn fresh(plot: &Self::Seed, _: Range<usize>) -> Self::Local {
        plot.rule.fresh(&plot.seed)
    }

    fn combine(plot: &Self::Seed, into: &mut Self::Local, later: Self::Local) {
        plot.rule.gather(&plot.carry, into, later);
    }

    fn commit(self, plot: Self::Seed, total: Self::Local) {
        self.rule.settle(&plot.carry, self.place, total);
    }
}

/// The question "which rule has a `T` under `O`?", put by method call: `(&&&&of).rule()`.
#[derive(Debug)]
pub struct Of<O, T: ?Sized>(O, PhantomData<*const T>);

impl<O, T: ?Sized> Of<O, T> {
    /// Asks about the type of `place`.
    pub fn place(candidates: O, _place: &T) -> Self {
        Self::part(candidates)
    }

    /// Asks about a type.
    pub(super) fn part(candidates: O) -> Self {
        Self(candidates, PhantomData)
    }
}

/// The rules that the first three levels try.
pub trait Candidates {
    /// The rule tried first.
    type First;
    /// The rule tried second.
    type Second;
    /// The rule tried third.
    type Third;
    /// The rule tried first.
    fn first(&self) -> Self::First;
    /// The rule tried second.
    fn second(&self) -> Self::Second;
    /// The rule tried third.
    fn third(&self) -> Self::Third;
}

/// An operator's rules.
#[derive(Clone, Copy, Debug)]
pub struct Operator<O>(pub O);

impl<O> Candidates for Operator<O> {
    type First = BuiltIn<O>;
    type Second = Summed<O>;
    type Third = Defaulted<O>;
    fn first(&self) -> BuiltIn<O> {
        BuiltIn(PhantomData)
    }
    fn second(&self) -> Summed<O> {
        Summed(PhantomData)
    }
    fn third(&self) -> Defaulted<O> {
        Defaulted(PhantomData)
    }
}

/// A container's rule, for the container itself or for an owner of it.
#[derive(Clone, Copy, Debug)]
pub struct Container<R>(pub R);

impl<R: Clone> Candidates for Container<R> {
    type First = R;
    type Second = Through<R>;
    type Third = ();
    fn first(&self) -> R {
        self.0.clone()
    }
    fn second(&self) -> Through<R> {
        Through(self.0.clone())
    }
    fn third(&self) {}
}

/// Answers for operators and types that have a built-in rule, and for std's containers.
pub trait First {
    /// The rule's type.
    type Rule;
    /// The rule.
    fn rule(&self) -> Self::Rule;
}

impl<O: Candidates, T: ?Sized> First for &&&Of<O, T>
where
    O::First: Rule<T>,
{
    type Rule = O::First;
    fn rule(&self) -> O::First {
        self.0.first()
    }
}

/// Answers for types that have `Sum` or `Product`, and for owners of a container.
pub trait Second {
    /// The rule's type.
    type Rule;
    /// The rule.
    fn rule(&self) -> Self::Rule;
}

impl<O: Candidates, T: ?Sized> Second for &&Of<O, T>
where
    O::Second: Rule<T>,
{
    type Rule = O::Second;
    fn rule(&self) -> O::Second {
        self.0.second()
    }
}

/// Answers for types that have `Default`.
pub trait Third {
    /// The rule's type.
    type Rule;
    /// The rule.
    fn rule(&self) -> Self::Rule;
}

impl<O: Candidates, T: ?Sized> Third for &Of<O, T>
where
    O::Third: Rule<T>,
{
    type Rule = O::Third;
    fn rule(&self) -> O::Third {
        self.0.third()
    }
}

/// Answers for all other types, if they are [`Accumulate`].
pub trait Last {
    /// The place's type.
    type Place: ?Sized;
    /// The rule; its bound is the one error when no level fits.
    fn rule(&self) -> Merged<Self::Place>
    where
        Self::Place: Accumulate + Sized,
    {
        Merged::new()
    }
}

impl<O, T: ?Sized> Last for Of<O, T> {
    type Place = T;
}

/// Reborrows a place the way a method call reaches it: `v` in `v.push(..)` may be a variable, a
/// field, or a `&mut` to one that is not itself `mut`.
pub trait Reach {
    /// The place behind `self`.
    fn __pool_reach(&mut self) -> &mut Self {
        self
    }
}

impl<T: ?Sized> Reach for T {}

/// The rule for the type of a place: `__pool_rule!(Operator, place)`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_rule {
    ($candidates:expr, $place:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::rule::{First as _, Last as _, Second as _, Third as _};
        (&&&&$crate::__private::rule::Of::place($candidates, &*$place)).rule()
    }};
}

/// A place that the body names without a method call (`x += e`), reduced by the operator's rule.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_fold {
    ($candidates:expr, $place:expr) => {
        match &mut $place {
            place => {
                let rule = $crate::__pool_rule!($candidates, place);
                $crate::__private::rule::Fold::new(place, rule)
            }
        }
    };
}

/// A place the way a method call reaches it.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_reached {
    ($place:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::rule::Reach as _;
        $place.__pool_reach()
    }};
}

/// A place that the body names in a method call (`v.push(e)`), reduced by the container's rule.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_reach {
    ($candidates:expr, $place:expr) => {
        $crate::__pool_reach!($candidates, $place, ::core::convert::identity)
    };
    ($candidates:expr, $place:expr, $accept:path) => {{
        #[allow(unused_imports)]
        use $crate::__private::rule::Reach as _;
        match $place.__pool_reach() {
            place => {
                let rule = $crate::__pool_rule!($candidates, place);
                $crate::__private::rule::Fold::new(place, $accept(rule))
            }
        }
    }};
}
