//! `scratch(buf)`, `scratch(client = Client::new())`: working space, one per worker and loop.
//!
//! A worker makes its own when it gets its first claim, keeps it over all its claims and drops it
//! when it leaves the loop; a worker that comes too late for a claim makes none. Nothing of it is
//! merged. Three ways to make one:
//!
//! ```text
//! scratch!(buf)              a clone of `buf`, which nobody else uses meanwhile
//! scratch!(= Client::new())  what the expression evaluates to, on the worker
//! scratch!(?)                an empty `Slot`; the body fills it, so that `?` leaves the loop at
//!                            the first item of the claim:
//!                                if conn.is_empty() { conn.fill(connect()?); }
//!                                let conn = conn.get();
//! ```

use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Mutex;

use super::{Accumulator, Gathered, Order};
use crate::sync::unpoisoned;

/// A type that a worker can have its own copy of.
#[diagnostic::on_unimplemented(
    message = "a worker cannot have a clone of a `{Self}` as its own: it is not `Clone` and `Send`",
    label = "the loop whose `scratch` this is",
    note = "say how each worker makes its own: `scratch(name = expression)`"
)]
pub trait Spare: Send {
    /// The copy: a `Vec` of a slice, a `String` of a `str`.
    type Copy: Clone + Send;
    /// The copy.
    fn spare(&self) -> Self::Copy;
}

#[diagnostic::do_not_recommend]
impl<T: ToOwned<Owned: Clone + Send> + Send + ?Sized> Spare for T {
    type Copy = T::Owned;
    fn spare(&self) -> T::Owned {
        self.to_owned()
    }
}

/// A clone per worker.
#[derive(Debug)]
pub struct Clones<'a, P: ?Sized>(Option<&'a mut P>);

impl<'a, P: ?Sized> Clones<'a, P> {
    /// Clones of `place`.
    pub fn of(place: &'a mut P) -> Self {
        Self(Some(place))
    }
}

impl<'a, P: Spare + ?Sized> Accumulator for Clones<'a, P> {
    /// What the others are cloned from; it need not be `Sync`.
    type Seed = Mutex<&'a mut P>;
    type Local = P::Copy;
    const ORDER: Order = Order::Any;
    const OWN: bool = true;

    fn seed(&mut self, _: Option<usize>) -> Self::Seed {
        Mutex::new(self.0.take().expect("a seed is asked for once"))
    }

    #[allow(unsafe_code, reason = "implements a trait whose contract is not needed here")]
    unsafe fn fresh(seed: &Self::Seed, _: Range<usize>) -> P::Copy {
        unpoisoned(seed.lock()).spare()
    }

    fn combine(_: &Self::Seed, _: &mut P::Copy, _: P::Copy) {}

    fn commit(self, _: Self::Seed, _: P::Copy) {}
}

/// What a function returns, per worker.
#[derive(Debug)]
pub struct Made<F>(F);

impl Made<()> {
    /// What `maker` returns. The result hides the closure's type, whose name is a line of this
    /// file: a message about it would change whenever the file does.
    pub fn by<T>(maker: impl Fn() -> T + Sync + Clone) -> Made<impl Fn() -> T + Sync + Clone> {
        Made(maker)
    }
}

impl<T: Gathered, F: Fn() -> T + Sync + Clone> Accumulator for Made<F> {
    type Seed = F;
    type Local = T;
    const ORDER: Order = Order::Any;
    const OWN: bool = true;

    fn seed(&mut self, _: Option<usize>) -> F {
        self.0.clone()
    }

    #[allow(unsafe_code, reason = "implements a trait whose contract is not needed here")]
    unsafe fn fresh(maker: &F, _: Range<usize>) -> T {
        maker()
    }

    fn combine(_: &F, _: &mut T, _: T) {}

    fn commit(self, _: F, _: T) {}
}

/// Working space that the body makes itself.
#[derive(Debug)]
pub struct Slot<T>(Option<T>);

impl<T> Slot<T> {
    /// Whether it has not been made yet.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Puts it in.
    pub fn fill(&mut self, space: T) {
        self.0 = Some(space);
    }

    /// The working space.
    ///
    /// # Panics
    /// When there is none.
    #[inline]
    pub fn get(&mut self) -> &mut T {
        self.0.as_mut().expect("a slot is filled before it is used")
    }
}

/// A slot per worker.
#[derive(Debug)]
pub struct Slots<T>(PhantomData<fn() -> T>);

impl<T> Slots<T> {
    /// Empty slots.
    #[expect(clippy::new_without_default, reason = "the type is known from the body alone")]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: Gathered> Accumulator for Slots<T> {
    type Seed = ();
    type Local = Slot<T>;
    const ORDER: Order = Order::Any;
    const OWN: bool = true;

    fn seed(&mut self, _: Option<usize>) {}

    #[allow(unsafe_code, reason = "implements a trait whose contract is not needed here")]
    unsafe fn fresh((): &(), _: Range<usize>) -> Slot<T> {
        Slot(None)
    }

    fn combine((): &(), _: &mut Slot<T>, _: Slot<T>) {}

    fn commit(self, (): (), _: Slot<T>) {}
}

/// `scratch!(place)`, `scratch!(= maker)`, `scratch!(?)`.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_scratch {
    (?) => {
        $crate::__private::rule::Slots::new()
    };
    (= $maker:expr) => {
        $crate::__private::rule::Made::by(|| $maker)
    };
    ($place:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::rule::Reach as _;
        $crate::__private::rule::Clones::of($place.__pool_reach())
    }};
}
