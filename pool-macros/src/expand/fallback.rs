//! After an error: the user's item, stripped of what only our attributes understand, so that
//! nothing else breaks, beside the errors.
//!
//! This works on tokens, not on syntax: half-written code must come through too.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use crate::model::Layer;

/// The item without our attributes and markers, and the errors.
pub(crate) fn item_with(item: TokenStream, error: &syn::Error) -> TokenStream {
    let item = strip(item, true);
    let error = error.to_compile_error();
    quote!(#item #error)
}

/// `tokens` without our attributes at the top of the item (`outermost`), on loops and on ordered
/// blocks. Those on other items further inside are their own business.
fn strip(tokens: TokenStream, outermost: bool) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    let mut head = outermost;
    while at < tokens.len() {
        if let Some(name) = attribute_name(&tokens[at..]) {
            let ours = is_layer(&name) && (head || precedes_loop(&tokens[at..]))
                || name == "ordered" && precedes_block(&tokens[at..]);
            if !ours {
                kept.extend_from_slice(&tokens[at..at + 2]);
            }
            at += 2;
            continue;
        }
        head = false;
        kept.push(match &tokens[at] {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), strip(group.stream(), false));
                inner.set_span(group.span());
                inner.into()
            }
            other => other.clone(),
        });
        at += 1;
    }
    kept.into_iter().collect()
}

/// The last segment of the path of the outer attribute that `tokens` start with.
fn attribute_name(tokens: &[TokenTree]) -> Option<String> {
    let [TokenTree::Punct(pound), TokenTree::Group(group), ..] = tokens else { return None };
    if pound.as_char() != '#' || group.delimiter() != Delimiter::Bracket {
        return None;
    }
    let mut name = None;
    for token in group.stream() {
        match token {
            TokenTree::Ident(ident) => name = Some(ident.to_string()),
            TokenTree::Punct(punct) if punct.as_char() == ':' => {}
            _ => break,
        }
    }
    name
}

fn is_layer(name: &str) -> bool {
    Layer::ALL.into_iter().any(|layer| layer.name() == name)
}

/// What the attributes at the head of `tokens` stand on.
fn annotated(mut tokens: &[TokenTree]) -> &[TokenTree] {
    while attribute_name(tokens).is_some() {
        tokens = &tokens[2..];
    }
    tokens
}

fn precedes_loop(tokens: &[TokenTree]) -> bool {
    let mut tokens = annotated(tokens);
    if let [TokenTree::Punct(tick), TokenTree::Ident(_), TokenTree::Punct(colon), rest @ ..] =
        tokens
        && tick.as_char() == '\''
        && colon.as_char() == ':'
    {
        tokens = rest;
    }
    matches!(tokens.first(), Some(TokenTree::Ident(word))
        if word == "for" || word == "while" || word == "loop")
}

fn precedes_block(tokens: &[TokenTree]) -> bool {
    matches!(annotated(tokens).first(), Some(TokenTree::Group(group))
        if group.delimiter() == Delimiter::Brace)
}
