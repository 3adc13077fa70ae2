//! Where the compiler says that tokens stand.

use proc_macro::{Span, TokenStream, TokenTree};

/// A file, a line, a column.
type Place = (String, usize, usize);

/// Whether the tokens stand in one file, in this order. They do not when a `macro_rules!` put a name
/// of its caller's among its own; that name means what it means there, and nothing here.
pub(crate) fn are_one(tokens: TokenStream) -> bool {
    follow(tokens, None).is_some()
}

/// The last place in `tokens`, if all are in order and behind `last`.
fn follow(tokens: TokenStream, mut last: Option<Place>) -> Option<Option<Place>> {
    for token in tokens {
        let start = place(token.span());
        if last.as_ref().is_some_and(|last| last.0 != start.0 || *last > start) {
            return None;
        }
        last = Some(start);
        if let TokenTree::Group(group) = token {
            let end = place(group.span().end());
            let inside = follow(group.stream(), last)?;
            if inside > Some(end.clone()) {
                return None;
            }
            last = Some(end);
        }
    }
    Some(last)
}

fn place(span: Span) -> Place {
    (span.file(), span.start().line(), span.start().column())
}
