//! The values of keys as expressions.

use std::time::Duration;

use proc_macro2::{Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::model::{Number, Opt, Time};

/// How many items, or calls, make a batch where nothing is said.
pub(super) const BATCH: usize = 64;

/// A `usize`; `None` for `"auto"`.
pub(crate) fn number(given: &Opt<Number>) -> Option<TokenStream> {
    match &given.value {
        Number::Auto => None,
        Number::Const => Some(given.tokens.clone()),
        Number::Expr(value) => Some(quote!(#value)),
    }
}

/// A `Duration`, in the largest unit that holds it exactly.
pub(crate) fn time(given: &Opt<Time>) -> TokenStream {
    let value = match &given.value {
        Time::Const(value) => *value,
        Time::Expr(value) => return quote!(#value),
    };
    let span = given.tokens.span();
    let exact = |unit: u128| value.as_nanos().is_multiple_of(unit);
    let (unit, count) = if exact(1_000_000_000) {
        (quote!(from_secs), value.as_secs())
    } else if exact(1_000_000) {
        (quote!(from_millis), whole(value, 1_000_000))
    } else if exact(1_000) {
        (quote!(from_micros), whole(value, 1_000))
    } else {
        (quote!(from_nanos), whole(value, 1))
    };
    let mut count = Literal::u64_unsuffixed(count);
    count.set_span(span);
    quote_spanned!(span=> ::core::time::Duration::#unit(#count))
}

/// `value` in units of so many nanoseconds; what overflows (centuries) saturates.
fn whole(value: Duration, unit: u128) -> u64 {
    u64::try_from(value.as_nanos() / unit).unwrap_or(u64::MAX)
}
