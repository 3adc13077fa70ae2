//! Values of keys that are computed before the loop takes its source.
//!
//! ```text
//! from: #[bounded(queue = items.len() / 2)]  .. for item in items { .. }
//! into: let queue = items.len() / 2;
//!       Loop::new(&__SITE, stream!(items).queue(queue)) ..
//! ```

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, parse_quote};

use super::ours;
use crate::model::{Number, Opt, ParallelLoop, Time};

/// The loop with names in the place of such values, and the statements that bind them.
pub(super) fn early(parallel: &ParallelLoop) -> (ParallelLoop, TokenStream) {
    let mut parallel = parallel.clone();
    let mut bound = TokenStream::new();
    let keys = &mut parallel.stack.keys;
    for number in
        [&mut keys.workers, &mut keys.chunk, &mut keys.shards, &mut keys.queue, &mut keys.size]
    {
        if let Some(Opt { value: Number::Expr(value), key, .. }) = number {
            bind(value, &key.to_string(), &mut bound);
        }
    }
    for time in [&mut keys.timeout, &mut keys.linger] {
        if let Some(Opt { value: Time::Expr(value), key, .. }) = time {
            bind(value, &key.to_string(), &mut bound);
        }
    }
    (parallel, bound)
}

fn bind(value: &mut Expr, key: &str, bound: &mut TokenStream) {
    if matches!(value, Expr::Path(_) | Expr::Lit(_)) {
        return;
    }
    let name = ours(key, syn::spanned::Spanned::span(value));
    bound.extend(quote!(let #name = #value;));
    *value = parse_quote!(#name);
}
