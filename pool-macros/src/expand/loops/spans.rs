//! Where rustc is to point when something that we generate does not fit the user's types.
//!
//! A call of ours around the user's expression has the location of that expression, from its first
//! token to its last, and the context of the macro: so errors are underlined there, and lints know
//! that nobody wrote the call.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};

/// A span of ours at the user's tokens.
pub(super) fn here(tokens: impl ToTokens) -> Span {
    Span::call_site().located_at(first(tokens))
}

/// The user's first token.
pub(super) fn first(tokens: impl ToTokens) -> Span {
    let first = tokens.into_token_stream().into_iter().next();
    first.map_or_else(Span::call_site, |token| token.span())
}

/// The user's last token.
pub(super) fn last(tokens: impl ToTokens) -> Span {
    let last = tokens.into_token_stream().into_iter().last();
    last.map_or_else(Span::call_site, |token| token.span())
}

/// A span of ours at the user's last token.
pub(super) fn end(tokens: impl ToTokens) -> Span {
    Span::call_site().located_at(last(tokens))
}

/// A path of ours at another place, its hygiene kept.
pub(super) fn placed(path: &TokenStream, at: Span) -> TokenStream {
    path.clone()
        .into_iter()
        .map(|mut token| {
            token.set_span(token.span().located_at(at));
            token
        })
        .collect()
}

/// `path::name!(argument)`, all of which is where the argument is.
pub(super) fn call_at(path: &TokenStream, name: &str, argument: &impl ToTokens) -> TokenStream {
    let tokens = argument.to_token_stream();
    let (first, last) = (here(&tokens), end(&tokens));
    call_between(&placed(path, first), name, tokens, first, last)
}

/// `path::name!(arguments)`, from the one place to the other.
pub(super) fn call_between(
    path: &TokenStream,
    name: &str,
    arguments: TokenStream,
    first: Span,
    last: Span,
) -> TokenStream {
    let name = Ident::new(name, first);
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
    arguments.set_span(last);
    let arguments = TokenTree::from(arguments);
    quote_spanned!(first=> #path::#name!#arguments)
}
