//! The path under which generated code finds `pool-runtime`.

use proc_macro2::Span;
use syn::{Ident, Path, PathSegment, Token, punctuated::Punctuated};

/// `::pool_runtime`.
pub(crate) fn find() -> Path {
    let mut segments = Punctuated::new();
    segments.push(PathSegment::from(Ident::new("pool_runtime", Span::call_site())));
    Path { leading_colon: Some(Token![::](Span::call_site())), segments }
}
