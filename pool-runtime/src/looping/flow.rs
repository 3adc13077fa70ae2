//! How a body leaves its loop early.

/// How one block of the loop ended.
#[derive(Debug)]
pub enum Step<R> {
    /// All of its items ran.
    Next,
    /// `break` of the loop itself.
    Break,
    /// `return value` of the function.
    Return(R),
}

/// A return type that `?` can leave through: `Result` and `Option`.
pub trait Leave {
    /// The same type with another success.
    type With<T>;
    /// A success: what the last line of a block that can leave evaluates to.
    fn with<T>(value: T) -> Self::With<T>;
}

impl<T, E> Leave for Result<T, E> {
    type With<U> = Result<U, E>;
    fn with<U>(value: U) -> Result<U, E> {
        Ok(value)
    }
}

impl<T> Leave for Option<T> {
    type With<U> = Option<U>;
    fn with<U>(value: U) -> Option<U> {
        Some(value)
    }
}

/// The function's return type `R` with `T` as its success: what the body's closure returns, so
/// that `?` in it converts errors exactly as it does in the function.
pub type Carry<R, T> = <R as Leave>::With<T>;

/// What a block returns when its body can leave.
pub trait Flow {
    /// What the loop as a whole evaluates to.
    type Out;
    /// Whether a body of this type can leave at all.
    const LEAVES: bool = true;
    /// Whether the loop ends here.
    fn leaves(&self) -> bool;
    /// Whether this is an exit with an error.
    fn fails(&self) -> bool {
        false
    }
    /// The loop's value when this is the exit that won.
    fn into_out(self) -> Self::Out;
    /// The loop's value when nothing left it.
    fn through() -> Self::Out;
}

impl<R> Flow for Step<R> {
    type Out = Option<R>;
    fn leaves(&self) -> bool {
        !matches!(self, Self::Next)
    }
    fn into_out(self) -> Option<R> {
        match self {
            Self::Return(value) => Some(value),
            Self::Next | Self::Break => None,
        }
    }
    fn through() -> Option<R> {
        None
    }
}

impl<R, E> Flow for Result<Step<R>, E> {
    type Out = Result<Option<R>, E>;
    fn leaves(&self) -> bool {
        self.as_ref().map_or(true, |step| !matches!(step, Step::Next))
    }
    fn fails(&self) -> bool {
        self.is_err()
    }
    fn into_out(self) -> Self::Out {
        self.map(Flow::into_out)
    }
    fn through() -> Self::Out {
        Ok(None)
    }
}

impl<R> Flow for Option<Step<R>> {
    type Out = Option<Option<R>>;
    fn leaves(&self) -> bool {
        !matches!(self, Some(Step::Next))
    }
    fn into_out(self) -> Self::Out {
        self.map(Flow::into_out)
    }
    fn through() -> Self::Out {
        Some(None)
    }
}

/// The flow of a body that never leaves.
#[derive(Debug)]
pub struct Through;

impl Flow for Through {
    type Out = ();
    const LEAVES: bool = false;
    #[inline]
    fn leaves(&self) -> bool {
        false
    }
    #[inline]
    fn into_out(self) {}
    #[inline]
    fn through() {}
}
