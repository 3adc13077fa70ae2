//! After an error: the user's item, stripped of what only our attributes understand, so that
//! nothing else breaks, beside the errors.
//!
//! This works on tokens, not on syntax: half-written code must come through too.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use super::imports;
use crate::model::Layer;

/// The item without our attributes and markers, and the errors.
pub(super) fn item_with(item: TokenStream, error: &syn::Error) -> TokenStream {
    let mut taken = Vec::new();
    let mut item = strip(item, true, &mut taken);
    if let Some(TokenTree::Group(body)) = item.last_mut()
        && body.delimiter() == Delimiter::Brace
    {
        let imports = taken.into_iter().map(imports::import);
        let inner = body.stream();
        *body = group_like(body, quote!(#(#imports)* #inner));
    }
    let error = error.to_compile_error();
    quote!(#(#item)* #error)
}

/// `tokens` without our attributes at the top of the item (`outermost`), on loops and on ordered
/// blocks; the paths of those go to `taken`. Those on other items further inside are their own
/// business.
fn strip(tokens: TokenStream, outermost: bool, taken: &mut Vec<TokenStream>) -> Vec<TokenTree> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    let mut head = outermost;
    while at < tokens.len() {
        if let Some((path, name)) = attribute_path(&tokens[at..]) {
            let layer = Layer::ALL.into_iter().any(|layer| layer.name() == name);
            if layer && (head || precedes_loop(&tokens[at..])) {
                taken.push(path);
            } else if !(name == "ordered" && precedes_block(&tokens[at..])) {
                kept.extend_from_slice(&tokens[at..at + 2]);
            }
            at += 2;
            continue;
        }
        head = false;
        kept.push(match &tokens[at] {
            TokenTree::Group(group) => {
                let inner = strip(group.stream(), false, taken).into_iter().collect();
                group_like(group, inner).into()
            }
            other => other.clone(),
        });
        at += 1;
    }
    kept
}

fn group_like(group: &Group, inner: TokenStream) -> Group {
    let mut copy = Group::new(group.delimiter(), inner);
    copy.set_span(group.span());
    copy
}

/// The path of the outer attribute that `tokens` start with, and its last segment.
fn attribute_path(tokens: &[TokenTree]) -> Option<(TokenStream, String)> {
    let [TokenTree::Punct(pound), TokenTree::Group(group), ..] = tokens else { return None };
    if pound.as_char() != '#' || group.delimiter() != Delimiter::Bracket {
        return None;
    }
    let path: Vec<TokenTree> = group
        .stream()
        .into_iter()
        .take_while(|token| match token {
            TokenTree::Ident(_) => true,
            TokenTree::Punct(punct) => punct.as_char() == ':',
            _ => false,
        })
        .collect();
    let name = path.last()?.to_string();
    Some((path.into_iter().collect(), name))
}

/// What the attributes at the head of `tokens` stand on.
fn annotated(mut tokens: &[TokenTree]) -> &[TokenTree] {
    while attribute_path(tokens).is_some() {
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
