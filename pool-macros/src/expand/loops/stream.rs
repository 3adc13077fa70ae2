//! The source of a bounded or batched loop.
//!
//! ```text
//! #[bounded(queue = 500, on_full = "drop", dropped = lost)]
//!     stream!(records).queue(500).on_full(OnFull::Drop).dropped(&mut lost)
//! #[batched(size = 100)]
//!     InBatches::batches(source!(&events), 100)
//! #[batched(size = 100, linger = "5ms")]
//!     batch_stream!(events).batches(100).linger(Duration::from_millis(5))
//! ```

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Expr, ExprForLoop, ExprWhile, Pat, parse_quote};

use super::ours;
use super::spans::{call_at, end, here, placed};
use crate::analyse::control;
use crate::diagnostics::Errors;
use crate::expand::value;
use crate::model::{OnFull, ParallelLoop, parallel_index};

/// A source, and what stands before and after the loop for its sake.
pub(super) struct Streamed {
    pub(super) source: Expr,
    /// What makes a stream of it: `.by_producer().queue(500)`.
    pub(super) through: TokenStream,
    pub(super) before: TokenStream,
    pub(super) after: TokenStream,
}

/// The source `node` of a loop whose caller produces, or that is batched; `None` for others.
/// `counted`: what makes a source whose numbers are known, where they are needed.
pub(super) fn source(
    node: &Expr,
    counted: impl FnOnce() -> Option<Expr>,
    by_caller: bool,
    parallel: &ParallelLoop,
    private: &TokenStream,
) -> Option<Streamed> {
    let (layers, keys) = (&parallel.stack.layers, &parallel.stack.keys);
    let produces =
        layers.bounded.is_some() || parallel.produced || keys.linger.is_some() || by_caller;
    if !produces && layers.batched.is_none() {
        return None;
    }
    let (mut before, mut after) = (TokenStream::new(), TokenStream::new());
    let mut through = TokenStream::new();
    let source = match counted() {
        Some(source) if produces => {
            through.extend(quote_spanned!(end(node)=> .by_producer()));
            source
        }
        _ if produces && layers.batched.is_some() => {
            Expr::Verbatim(call_at(private, "batch_stream", node))
        }
        _ if produces => Expr::Verbatim(call_at(private, "stream", node)),
        _ => Expr::Verbatim(call_at(private, "source", node)),
    };
    let mut call = |key: &Ident, name: &str, value: TokenStream| {
        let method = Ident::new(name, Span::mixed_site().located_at(key.span()));
        // Where the source ends, so that what is wrong with the source is underlined as a whole.
        through.extend(quote_spanned!(end(node)=> .#method(#value)));
    };
    if let Some(queue) = &keys.queue
        && let Some(value) = value::number(queue)
    {
        call(&queue.key, "queue", value);
    }
    match &keys.on_full {
        Some(policy) if policy.value == OnFull::Error => {
            let full = ours("full", policy.tokens.span());
            before.extend(quote!(let mut #full = ::core::option::Option::None;));
            // At the value, whose place rustc shows when the error type is not `From<Full>`.
            let question = quote_spanned!(policy.tokens.span()=> ?);
            let at = here(&policy.tokens);
            let private = placed(private, at);
            after.extend(quote_spanned!(at=> #private::not_full(#full) #question;));
            call(&policy.key, "full_into", quote!(&mut #full));
        }
        Some(policy) => {
            let name = match policy.value {
                OnFull::Block | OnFull::Error => "Block",
                OnFull::Drop => "Drop",
                OnFull::DropOldest => "DropOldest",
                OnFull::Run => "Run",
            };
            let name = Ident::new(name, Span::mixed_site());
            call(&policy.key, "on_full", quote!(#private::OnFull::#name));
        }
        None => {}
    }
    if let Some(dropped) = &keys.dropped {
        let count = &dropped.value;
        call(&dropped.key, "dropped", quote!(&mut #count));
    }
    if layers.batched.is_some() {
        let size = keys.size.as_ref().and_then(value::number);
        let size = size.unwrap_or_else(|| {
            proc_macro2::Literal::usize_unsuffixed(value::BATCH).into_token_stream()
        });
        let key = keys
            .size
            .as_ref()
            .map_or_else(|| ours("size", parallel.keyword), |size| size.key.clone());
        if !produces {
            return Some(Streamed {
                source: batches(private, node, &source.to_token_stream(), &size),
                through,
                before,
                after,
            });
        }
        call(&key, "batches", size);
        if let Some(linger) = &keys.linger {
            call(&linger.key, "linger", value::time(linger));
        }
    }
    Some(Streamed { source, through, before, after })
}

/// `InBatches::batches(source, size)`, where the source is.
fn batches(private: &TokenStream, node: &Expr, source: &TokenStream, size: &TokenStream) -> Expr {
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#source, #size));
    arguments.set_span(end(node));
    let arguments = TokenTree::from(arguments);
    let private = placed(private, here(node));
    Expr::Verbatim(quote_spanned!(here(node)=> #private::InBatches::batches #arguments))
}

/// `while let PAT = EXPR { .. }` as a `for` loop whose source is asked by the calling thread;
/// `None` for another `while`. The items are tuples of what the pattern binds, those of a batch
/// that one value.
fn while_let(node: &ExprWhile, batched: bool, errors: &Errors) -> Option<ExprForLoop> {
    let Expr::Let(condition) = &*node.cond else { return None };
    let names = bindings(&condition.pat);
    if batched && names.len() != 1 {
        errors.at(
            &condition.pat,
            "the loop variable of a batched `while let` is the batch, under one name: write \
             `while let Some(batch) = ..`; what it holds can be taken apart in the body",
        );
    }
    let whole = batched && names.len() == 1;
    let mut pattern = condition.pat.clone();
    let mutable = mutable_bindings(&pattern);
    // The items are made in the closure and changed in the body.
    Still.visit_pat_mut(&mut pattern);
    let scrutinee = &condition.expr;
    let let_token = &condition.let_token;
    let eq_token = &condition.eq_token;
    let made = if whole { quote!(#(#names)*) } else { quote!((#(#names,)*)) };
    let source: Expr = parse_quote!(::core::iter::from_fn(|| {
        if #let_token #pattern #eq_token #scrutinee {
            ::core::option::Option::Some(#made)
        } else {
            ::core::option::Option::None
        }
    }));
    let word = node.while_token.span();
    let names = names.iter().map(|name| {
        let word = mutable.contains(name).then(|| syn::Token![mut](name.span()));
        quote!(#word #name)
    });
    let pattern = if whole { quote!(#(#names)*) } else { quote!((#(#names,)*)) };
    Some(ExprForLoop {
        attrs: node.attrs.clone(),
        label: node.label.clone(),
        for_token: syn::Token![for](word),
        pat: Box::new(syn::parse::Parser::parse2(Pat::parse_single, pattern).ok()?),
        in_token: syn::Token![in](word),
        expr: Box::new(source),
        body: node.body.clone(),
    })
}

/// The names that a pattern binds.
fn bindings(pattern: &Pat) -> Vec<Ident> {
    let mut found = Find { names: Vec::new(), mutable: false };
    syn::visit::Visit::visit_pat(&mut found, pattern);
    found.names
}

fn mutable_bindings(pattern: &Pat) -> Vec<Ident> {
    let mut found = Find { names: Vec::new(), mutable: true };
    syn::visit::Visit::visit_pat(&mut found, pattern);
    found.names
}

/// Takes the `mut` off names bound by value.
struct Still;

impl VisitMut for Still {
    fn visit_pat_ident_mut(&mut self, node: &mut syn::PatIdent) {
        if node.by_ref.is_none() {
            node.mutability = None;
        }
        syn::visit_mut::visit_pat_ident_mut(self, node);
    }

    fn visit_expr_mut(&mut self, _: &mut Expr) {}
}

/// What turns each parallel `while let` of a function into a `for` loop, and marks it.
pub(super) struct WhileLets<'a>(pub(super) &'a mut [ParallelLoop], pub(super) &'a Errors);

impl VisitMut for WhileLets<'_> {
    fn visit_expr_mut(&mut self, node: &mut Expr) {
        if let Expr::While(found) = node
            && let Some(index) = parallel_index(&found.attrs)
            && let Some(parallel) = self.0.get_mut(index)
            && let Some(same) = while_let(found, parallel.stack.layers.batched.is_some(), self.1)
        {
            if let Some(question) = control::question_mark(&found.cond) {
                // The condition becomes a closure of its own, which it cannot leave.
                self.1.at_span(
                    question,
                    "`?` cannot stand in the condition of a parallel `while let`: bind what can \
                     fail, and put `let item = item?;` at the start of the body",
                );
            }
            parallel.produced = true;
            *node = Expr::ForLoop(same);
        }
        syn::visit_mut::visit_expr_mut(self, node);
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

struct Find {
    names: Vec<Ident>,
    /// Only those that are `mut`.
    mutable: bool,
}

impl<'a> syn::visit::Visit<'a> for Find {
    fn visit_pat_ident(&mut self, node: &'a syn::PatIdent) {
        // `None` and other constants look like names, but not like names of variables.
        let constant = node.ident.to_string().starts_with(char::is_uppercase);
        let wanted = !self.mutable || node.mutability.is_some();
        if !constant && wanted && !self.names.contains(&node.ident) {
            self.names.push(node.ident.clone());
        }
        if let Some((_, inner)) = &node.subpat {
            self.visit_pat(inner);
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
