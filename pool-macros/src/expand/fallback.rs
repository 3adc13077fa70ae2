//! After an error: the user's item, stripped of what only our attributes understand, so that
//! nothing else breaks, beside the errors.
//!
//! This works on tokens, not on syntax: half-written code must come through too.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{FnArg, Path, Type};

use super::batches::Batches;
use super::imports;
use crate::model::{Layer, LoopPlan, TaskPlan, is_macro};
use crate::parse::{body_type, hidden_task, is_qualifier, only_argument};

/// The body of a task function, whose type is not the one that the function declares.
pub(super) struct Body {
    asynchronous: bool,
    /// `None`: nobody knows.
    result: Option<Option<Type>>,
    name: Span,
}

impl Body {
    /// What the fallback must know of a task function.
    pub(super) fn of(plan: &TaskPlan) -> Self {
        let signature = &plan.function.sig;
        let batched = plan.stack.layers.batched.is_some();
        let batches = signature.inputs.iter().all(|input| match input {
            FnArg::Typed(argument) => only_argument(&argument.ty, "Vec").is_some(),
            FnArg::Receiver(_) => false,
        });
        // The body of a batch that gets no batch has been written for something else.
        let known = !batched || batches;
        Self {
            asynchronous: signature.asyncness.is_some(),
            result: known.then(|| body_type(&plan.returns, batched)),
            name: signature.ident.span(),
        }
    }

    /// The body of a function that was meant to be a task and is not declared as one.
    pub(super) fn of_no_task(plan: &LoopPlan) -> Option<Self> {
        let signature = &plan.function.sig;
        (plan.loops.is_empty() && hidden_task(&signature.output).is_some()).then(|| Self {
            asynchronous: signature.asyncness.is_some(),
            result: None,
            name: signature.ident.span(),
        })
    }

    /// A body that rustc need not check.
    pub(super) fn hidden() -> Self {
        Self { asynchronous: false, result: None, name: Span::call_site() }
    }

    /// Code that rustc checks as the body and that fits any return type.
    fn wrap(&self, inner: &TokenStream) -> TokenStream {
        let checked = self.result.as_ref().map(|result| {
            let asynchronous = self.asynchronous.then(|| quote!(async));
            let result = result.as_ref().map(|result| quote!(-> #result));
            let closure = quote_spanned!(self.name=> #asynchronous move ||);
            quote!(let _ = #closure #result { #inner };)
        });
        quote!(#checked ::core::unreachable!())
    }
}

/// The item without our attributes and markers, and the errors. `body` says that the item is a
/// task function.
pub(super) fn item_with(
    item: TokenStream,
    body: Option<&Body>,
    batches: Option<&Batches>,
    error: &syn::Error,
) -> TokenStream {
    let item = batches.map_or_else(|| item.clone(), |batches| batches.wrap(item.clone()));
    let function = item
        .clone()
        .into_iter()
        .any(|token| matches!(token, TokenTree::Ident(word) if word == "fn"));
    let mut taken = Vec::new();
    let mut item = strip(item, true, &mut taken);
    if function
        && let Some(TokenTree::Group(block)) = item.last_mut()
        && block.delimiter() == Delimiter::Brace
    {
        let imports = taken.into_iter().map(imports::import);
        let (attributes, inner) = inner_attributes(block.stream());
        let inner = body.map_or(inner.clone(), |body| body.wrap(&inner));
        *block = group_like(block, quote!(#attributes #(#imports)* #inner));
        if body.is_some() {
            item = with_static_result(item);
        }
    }
    let error = error.to_compile_error();
    if item.first().is_some_and(starts_loop) {
        // In the place of one expression there can be but one.
        return quote!({ #error #(#item)* });
    }
    // What is unused only because the attribute's work has not been done is no news.
    let quiet = function.then(|| quote!(#[allow(unused)]));
    quote!(#quiet #(#item)* #error)
}

/// The `#![..]` that a body begins with, which nothing may precede, and the rest.
fn inner_attributes(body: TokenStream) -> (TokenStream, TokenStream) {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    let mut at = 0;
    while let [TokenTree::Punct(pound), TokenTree::Punct(bang), TokenTree::Group(_), ..] =
        &tokens[at..]
        && pound.as_char() == '#'
        && bang.as_char() == '!'
    {
        at += 3;
    }
    let rest = tokens[at..].iter().cloned().collect();
    (tokens[..at].iter().cloned().collect(), rest)
}

/// A signature whose result borrows for `'static`, where it does not say for how long: that it
/// borrows has been refused.
fn with_static_result(item: Vec<TokenTree>) -> Vec<TokenTree> {
    let mut result = Vec::with_capacity(item.len());
    let mut behind_arrow = false;
    let mut tokens = item.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let sign = |wanted| matches!(&token, TokenTree::Punct(punct) if punct.as_char() == wanted);
        let arrow = sign('>')
            && matches!(result.last(), Some(TokenTree::Punct(dash)) if dash.as_char() == '-');
        behind_arrow |= arrow;
        let bare = behind_arrow
            && sign('&')
            && !matches!(tokens.peek(), Some(TokenTree::Punct(tick)) if tick.as_char() == '\'');
        let span = token.span();
        result.push(token);
        if bare {
            result.extend(syn::Lifetime::new("'static", span).into_token_stream());
        }
    }
    result
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
            let on_loop = !head && precedes_loop(&tokens[at..]);
            let on_block = !head && layer && precedes_block(&tokens[at..]);
            if layer && (head || on_loop) || on_block || on_loop && is_stranger(&path) {
                taken.push(path);
            } else if name != "ordered" || precedes_item(&tokens[at..]) {
                kept.extend_from_slice(&tokens[at..at + 2]);
            }
            at += 2;
            continue;
        }
        head = false;
        if outermost
            && matches!(&tokens[at], TokenTree::Ident(word) if word == "const")
            && matches!(tokens.get(at + 1), Some(TokenTree::Ident(word)) if is_qualifier(word))
        {
            // Already refused; rustc's view of a loop in a `const fn` would add nothing.
            at += 1;
            continue;
        }
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
    tokens.first().is_some_and(starts_loop)
}

/// See [`is_macro`].
fn is_stranger(path: &TokenStream) -> bool {
    syn::parse2::<Path>(path.clone()).is_ok_and(|path| is_macro(&path))
}

fn starts_loop(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(word) if word == "for" || word == "while" || word == "loop")
}

/// Whether attributes stand on an item or a field, and may be a macro's own.
fn precedes_item(tokens: &[TokenTree]) -> bool {
    const WORDS: [&str; 12] = [
        "pub", "struct", "enum", "union", "fn", "impl", "trait", "mod", "type", "const", "static",
        "use",
    ];
    let tokens = annotated(tokens);
    matches!(tokens.first(), Some(TokenTree::Ident(word)) if WORDS.iter().any(|known| word == known))
        || matches!(tokens.get(1), Some(TokenTree::Punct(colon)) if colon.as_char() == ':'
            && !matches!(tokens.get(2), Some(TokenTree::Punct(second)) if second.as_char() == ':'))
}

fn precedes_block(tokens: &[TokenTree]) -> bool {
    matches!(annotated(tokens).first(), Some(TokenTree::Group(group))
        if group.delimiter() == Delimiter::Brace)
}
