//! The macro that gives its tokens back, and whose name is a note to what rustc says of them.
//!
//! ```text
//! the_loop_variable_is_a_batch!(batch: send(batch, |other| ..))      becomes
//! send(batch, |other| ..)
//! ```
//!
//! rustc adds "this error originates in the macro `..the_loop_variable_is_a_batch`" when what it
//! points at comes from this expansion. So only that is made to: the batch where it is an operand,
//! the call around it, or the operator. All other tokens stay the user's, and so do the lints on
//! them. Every token keeps its place in the file and finds the user's names.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

/// What the macro is called.
pub(crate) const NAME: &str = "the_loop_variable_is_a_batch";

/// The tokens behind `batch:`, with what rustc may point at coming from here, if `one_place`: they
/// all mean what they mean at the first one's place.
pub(crate) fn expand(tokens: TokenStream, one_place: bool) -> TokenStream {
    let mut tokens = tokens.into_iter();
    let Some(TokenTree::Ident(batch)) = tokens.next() else { return TokenStream::new() };
    if !one_place {
        return tokens.skip(1).collect();
    }
    let tokens: Vec<TokenTree> = tokens.skip(1).collect();
    let batch = batch.to_string();
    let is_batch = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if *word == batch);
    let end = tokens.len();
    let front = tokens.iter().take_while(|token| is_prefix(token)).count();
    let before = |token: &TokenTree| !is_batch(token) && !is_mark(token);
    // What comes from here: the tokens up to the one number and from the other on.
    let (until, from) = match tokens.as_slice() {
        // `batch`, `&batch`, `batch == other`
        [_, rest @ ..] if tokens.get(front).is_some_and(&is_batch) && !rest.iter().any(is_dot) => {
            let marks = tokens[front + 1..].iter().take_while(|token| is_mark(token)).count();
            (front + 1 + marks, end)
        }
        // `f(batch)`, `store.put(batch)`, `batch.put()`: rustc takes a call for ours if its first
        // and its last token are.
        [callee @ .., TokenTree::Group(last)] if last.delimiter() == Delimiter::Parenthesis => {
            let dot = callee.iter().rposition(is_dot).unwrap_or(0);
            (1, dot)
        }
        // `other == *batch`
        _ => (0, tokens.iter().rposition(before).map_or(0, |at| at + 1)),
    };
    let token = |(at, token): (usize, TokenTree)| match token {
        token if at >= until && at < from => token,
        TokenTree::Group(group) => {
            let inside = if at + 1 == end { arguments(&group, &is_batch) } else { group.stream() };
            let mut own = Group::new(group.delimiter(), inside);
            own.set_span(from_here(group.span()));
            own.into()
        }
        token => moved(token),
    };
    tokens.into_iter().enumerate().map(token).collect()
}

/// A call's arguments: those that are the batch, or a reference to it, come from here.
fn arguments(group: &Group, is_batch: &impl Fn(&TokenTree) -> bool) -> TokenStream {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let of_batch = |token: &TokenTree| is_batch(token) || is_prefix(token) || is_comma(token);
    tokens
        .split_inclusive(is_comma)
        .flat_map(|argument| {
            let ours = argument.iter().any(is_batch) && argument.iter().all(of_batch);
            argument.iter().cloned().map(move |token| if ours { moved(token) } else { token })
        })
        .collect()
}

/// `&`, `mut` and `*` before an operand.
fn is_prefix(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(mark) => mark.as_char() == '&' || mark.as_char() == '*',
        TokenTree::Ident(word) => word == "mut",
        _ => false,
    }
}

fn is_mark(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(_))
}

fn is_dot(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(mark) if mark.as_char() == '.')
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',')
}

fn moved(mut token: TokenTree) -> TokenTree {
    token.set_span(from_here(token.span()));
    token
}

fn from_here(place: Span) -> Span {
    Span::call_site().located_at(place)
}
