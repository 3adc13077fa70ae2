//! Places that are written by index: what is a slice or leads to one.

use std::ops::{Deref, DerefMut};

use super::parts::Type;

/// A place that is written by index.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written by index in parallel",
    label = "neither a slice nor an array nor a `Vec`",
    note = "collect what the iterations give into a `Vec`, or say `reduce(..)` with its name if it implements `pool_runtime::Accumulate`"
)]
pub trait Slice {
    /// The type of an item.
    type Item;
    /// The slice that `place[i]` indexes.
    fn slice(&mut self) -> &mut [Self::Item];
}

impl<T> Slice for [T] {
    type Item = T;
    fn slice(&mut self) -> &mut [T] {
        self
    }
}

impl<T, const N: usize> Slice for [T; N] {
    type Item = T;
    fn slice(&mut self) -> &mut [T] {
        self
    }
}

impl<T> Slice for Vec<T> {
    type Item = T;
    fn slice(&mut self) -> &mut [T] {
        self
    }
}

/// A place that is a slice.
pub trait AsItself {
    /// The place's type.
    type Place: Slice + ?Sized;
    /// The slice.
    fn slice<'a>(&self, place: &'a mut Self::Place) -> &'a mut [<Self::Place as Slice>::Item] {
        place.slice()
    }
}

impl<P: Slice + ?Sized> AsItself for &&Type<P> {
    type Place = P;
}

/// A place that leads to a slice.
pub trait AsOwner {
    /// The place's type.
    type Place: DerefMut<Target: Slice> + ?Sized;
    /// The slice.
    fn slice<'a>(
        &self,
        place: &'a mut Self::Place,
    ) -> &'a mut [<<Self::Place as Deref>::Target as Slice>::Item] {
        (**place).slice()
    }
}

impl<P: DerefMut<Target: Slice> + ?Sized> AsOwner for &Type<P> {
    type Place = P;
}

/// Any other place: the one error.
pub trait AsNothing {
    /// The place's type.
    type Place: ?Sized;
    /// Would be the slice.
    fn slice<'a>(&self, place: &'a mut Self::Place) -> &'a mut [<Self::Place as Slice>::Item]
    where
        Self::Place: Slice,
    {
        place.slice()
    }
}

impl<P: ?Sized> AsNothing for Type<P> {
    type Place = P;
}

/// The slice that a place is or leads to.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_slice {
    ($place:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::rule::{AsItself as _, AsNothing as _, AsOwner as _, Reach as _};
        match $place.__pool_reach() {
            place => (&&&$crate::__private::rule::Type::of(&*place)).slice(place),
        }
    }};
}

/// `window!(place, source)`: `place[i] = e` under `for i in` the range that `source` was made of.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_window {
    ($place:expr, $source:expr) => {
        match $crate::__pool_slice!($place) {
            slice => {
                #[allow(unused_imports)]
                use $crate::__private::{ByBits as _, ByClone as _};
                let copying = (&&$crate::__private::CopyOf::items(&*slice)).how();
                $crate::__private::rule::Window::new(slice, &$source, copying)
            }
        }
    };
}

/// `rows!(place, source, 1)`: `place[k][i] = e`; 2: `place[k][j][i] = e`; 3: one more.
#[macro_export]
#[doc(hidden)]
macro_rules! __pool_rows {
    ($place:expr, $source:expr, 1) => {
        $crate::__pool_rows!(@ $place, $source, $crate::__private::rule::Here)
    };
    ($place:expr, $source:expr, 2) => {
        $crate::__pool_rows!(
            @ $place, $source, $crate::__private::rule::Below<$crate::__private::rule::Here>)
    };
    ($place:expr, $source:expr, 3) => {
        $crate::__pool_rows!(
            @ $place,
            $source,
            $crate::__private::rule::Below<
                $crate::__private::rule::Below<$crate::__private::rule::Here>,
            >
        )
    };
    (@ $place:expr, $source:expr, $level:ty) => {{
        <$level as $crate::__private::rule::Level<_>>::rows($crate::__pool_slice!($place), &$source)
    }};
}
