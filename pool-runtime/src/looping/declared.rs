//! A declared return type that may be a name for `Result<T, Box<dyn Error>>`.
//!
//! What an iteration leaves with crosses threads, which `Box<dyn Error>` cannot. Where the macro
//! reads `Box<dyn Error>`, it writes `Box<dyn Error + Send + Sync>` for the closure around the body
//! and unsizes what comes back. Behind a type alias it reads nothing, so the type decides, by
//! autoref specialization: [`PickBoxed`] is found one reference earlier than [`PickSame`].
//!
//! ```text
//! let declared = declared!(BoxResult<u64>);
//! .. declared.carry(|| { .. value?; .. declared.with(Step::Next) }) ..
//! if let Some(value) = declared.back(Loop::new(..).run_until(..))? { return value; }
//! ```

use std::error::Error;
use std::fmt::{self, Debug};
use std::marker::PhantomData;

use super::flow::{Carry, Leave, Step};

/// Chooses how values of a return type travel.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_declared {
    ($returned:ty) => {{
        #[allow(unused_imports)]
        use $crate::__private::{PickBoxed as _, PickSame as _};
        (&&$crate::__private::Declared::<$returned>::of()).kind()
    }};
}

type Travels<'e> = Box<dyn Error + Send + Sync + 'e>;

/// A function's return type, asked about.
pub struct Declared<R>(PhantomData<fn() -> R>);

impl<R> Declared<R> {
    /// The question.
    #[must_use]
    pub const fn of() -> Self {
        Self(PhantomData)
    }
}

/// A type whose values travel as they are.
pub struct Same<R>(PhantomData<fn() -> R>);

/// `Result<T, Box<dyn Error>>`.
pub struct Boxed<'e, T>(PhantomData<fn() -> (T, &'e ())>);

/// For all types but those of [`PickBoxed`].
pub trait PickSame {
    /// The declared type.
    type Returned;
    /// The answer.
    fn kind(&self) -> Same<Self::Returned>;
}

impl<R> PickSame for Declared<R> {
    type Returned = R;
    fn kind(&self) -> Same<R> {
        Same(PhantomData)
    }
}

/// For `Result<T, Box<dyn Error>>`.
pub trait PickBoxed {
    /// The answer.
    type Kind;
    /// The answer.
    fn kind(&self) -> Self::Kind;
}

impl<'e, T> PickBoxed for &Declared<Plain<'e, T>> {
    type Kind = Boxed<'e, T>;
    fn kind(&self) -> Boxed<'e, T> {
        Boxed(PhantomData)
    }
}

impl<R> Same<R> {
    /// Runs a body that leaves with `?`.
    #[inline(always)]
    pub fn carry(&self, body: impl FnOnce() -> Carry<R, Step<R>>) -> Carry<R, Step<R>>
    where
        R: Leave,
    {
        body()
    }

    /// What such a body ends with where no error ends it.
    #[inline(always)]
    pub fn with(&self, step: Step<R>) -> Carry<R, Step<R>>
    where
        R: Leave,
    {
        R::with(step)
    }

    /// Runs a body that leaves with `return` alone.
    #[inline(always)]
    pub fn step(&self, body: impl FnOnce() -> Step<R>) -> Step<R> {
        body()
    }

    /// What [`carry`](Self::carry) left with, as the function returns it.
    #[inline(always)]
    pub fn back<O>(&self, outcome: O) -> O {
        outcome
    }

    /// What [`step`](Self::step) left with.
    #[inline(always)]
    pub fn back_value<O>(&self, outcome: O) -> O {
        outcome
    }
}

/// `Result<T, Box<dyn Error>>`
type Plain<'e, T> = Result<T, Box<dyn Error + 'e>>;
/// How it travels.
type Sent<'e, T> = Result<T, Travels<'e>>;

impl<'e, T> Boxed<'e, T> {
    /// As [`Same::carry`].
    #[inline(always)]
    pub fn carry(
        &self,
        body: impl FnOnce() -> Result<Step<Sent<'e, T>>, Travels<'e>>,
    ) -> Result<Step<Sent<'e, T>>, Travels<'e>> {
        body()
    }

    /// As [`Same::with`].
    ///
    /// # Errors
    /// Never.
    #[inline(always)]
    pub fn with(&self, step: Step<Sent<'e, T>>) -> Result<Step<Sent<'e, T>>, Travels<'e>> {
        Ok(step)
    }

    /// As [`Same::step`].
    #[inline(always)]
    pub fn step(&self, body: impl FnOnce() -> Step<Sent<'e, T>>) -> Step<Sent<'e, T>> {
        body()
    }

    /// The error is unsized back.
    ///
    /// # Errors
    /// The one that the loop was left with.
    pub fn back(
        &self,
        outcome: Result<Option<Sent<'e, T>>, Travels<'e>>,
    ) -> Plain<'e, Option<Plain<'e, T>>> {
        match outcome {
            Ok(value) => Ok(self.back_value(value)),
            Err(error) => Err(error),
        }
    }

    /// The error is unsized back.
    pub fn back_value(&self, outcome: Option<Sent<'e, T>>) -> Option<Plain<'e, T>> {
        match outcome {
            Some(Ok(value)) => Some(Ok(value)),
            Some(Err(error)) => Some(Err(error)),
            None => None,
        }
    }
}

impl<R> Debug for Declared<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Declared")
    }
}

impl<R> Debug for Same<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Same")
    }
}

impl<T> Debug for Boxed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Boxed")
    }
}
