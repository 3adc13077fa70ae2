//! `x = e + x`: the new value stands first.
//!
//! Shares are put together in the order of the items, later ones behind earlier ones. That is this
//! form's order only where both orders are the same, which is known of numbers.

use std::num::{Saturating, Wrapping};
use std::time::Duration;

/// A type whose operators give the same in either order.
#[diagnostic::on_unimplemented(
    message = "`x = e + x` puts the new value first, and for `{Self}` that may be another sequence",
    label = "this is a `{Self}`",
    note = "write `x = x + e`, or `x += e`"
)]
pub trait Commutes {}

/// Asks for `Commutes`, at a place.
pub fn commutes<T: Commutes>(_place: &T) {}

macro_rules! commute {
    ($($type:ty)*) => {$(
        impl Commutes for $type {}
    )*};
}

commute!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool Duration);

impl<T: Commutes> Commutes for Wrapping<T> {}
impl<T: Commutes> Commutes for Saturating<T> {}
