//! One parallel loop as a call of the driver.
//!
//! ```text
//! from: for i in 0..n { sum += i; }
//! into: {
//!           static __SITE: Site = Site::new("f", file!(), line!(), "pooled(workers = 8)");
//!           Loop::new(&__SITE, source!(0..n)).workers(8).run(
//!               (add!(sum),),
//!               (),
//!               |(mut sum,), (), block| {
//!                   for i in block { sum += i; }
//!                   (sum,)
//!               },
//!           );
//!       }
//! ```

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Block, Expr, ExprForLoop, Lifetime, Pat, ReturnType, Stmt, parse_quote};

use super::body::{self, Leaving, Rewrite};
use super::early::early;
use super::exit::Exit;
use super::ours;
use super::output::Output;
use super::prepare::{Prepared, prepare};
use super::returns::{Alias, Returns};
use super::source::source_expr;
use super::spans::{here, placed};
use super::stream::{self, Streamed};
use super::turns::Ordered;
use crate::analyse::Facts;
use crate::analyse::names::{Names, Var};
use crate::analyse::place::Place;
use crate::diagnostics::Errors;
use crate::expand::explain;
use crate::model::{ErrorPolicy, LoopPlan, ParallelLoop};

/// A loop to be lowered, and what is known of it.
pub(crate) struct Request<'a> {
    pub(super) plan: &'a LoopPlan,
    pub(crate) parallel: &'a ParallelLoop,
    pub(crate) names: &'a Names,
    pub(crate) facts: &'a Facts,
    /// The return type of the function or closure that the loop stands in.
    pub(super) output: &'a ReturnType,
    pub(super) errors: &'a Errors,
}

/// The block that stands in the loop's place.
pub(super) fn lower(mut node: ExprForLoop, request: &Request<'_>) -> TokenStream {
    let (parallel, early) = early(request.parallel);
    let request = &Request { parallel: &parallel, ..*request };
    let runtime = &request.plan.runtime;
    let private = placed(&quote!(#runtime::__private), request.parallel.keyword);
    let facts = request.facts;
    let keys = &request.parallel.stack.keys;
    let keyword = request.parallel.keyword;
    let accumulators = &facts.verdict.accumulators;

    let locals = body::locals(accumulators.iter().flat_map(|one| &one.members));
    let mut prepared = Vec::new();
    let mut flags: Vec<(Place, Ident)> = Vec::new();
    let mut at = 0;
    for accumulator in accumulators {
        let own = &locals[at..at + accumulator.members.len()];
        at += accumulator.members.len();
        let flag = body::flag(&accumulator.kind, &own[0]);
        flags.extend(flag.clone().map(|flag| (own[0].place.clone(), flag)));
        prepared.push(prepare(accumulator, own, flag, request));
    }

    let mut scratch: HashMap<Var, bool> = HashMap::new();
    let mut made: Vec<Ident> = Vec::new();
    for entry in keys.scratch.iter().flat_map(|scratch| &scratch.value) {
        let make = &entry.maker;
        let name = &entry.name;
        let var = facts.mentioned.iter().copied().find(|var| *name == request.names.name(*var));
        if let Some(var) = var {
            scratch.insert(var, make.is_some());
        } else if make.is_some() {
            made.push(name.clone());
        }
        let mut start = TokenStream::new();
        let mut pattern = name.to_token_stream();
        let at = here(name);
        let private = placed(&private, at);
        let make = match make {
            Some(make) if facts.fallible.contains(&name.to_string()) => {
                // The maker may name what the body sees under this name.
                let slot = ours(&format!("{}_slot", name.unraw()), name.span());
                start = quote! {
                    if #slot.is_empty() { #slot.fill(#make); }
                    let #name = #slot.get();
                };
                pattern = quote!(#slot);
                quote_spanned!(at=> #private::scratch!(?))
            }
            Some(make) => quote_spanned!(at=> #private::scratch!(= #make)),
            None => quote_spanned!(at=> #private::scratch!(#name)),
        };
        prepared.push(Prepared {
            view: true,
            make,
            pattern,
            result: TokenStream::new(),
            aside: None,
            window: false,
            before: TokenStream::new(),
            start,
        });
    }

    let policy = keys.errors.as_ref().map_or(ErrorPolicy::First, |errors| errors.value);
    let all = policy == ErrorPolicy::All && facts.exits.tries.is_some();
    let mut returns = Returns::of(request.output);
    // A closure that does not say what it returns.
    returns.unnamed |= request.parallel.in_closure && matches!(request.output, ReturnType::Default);
    let leaving = if all || !facts.exits.any() {
        Leaving::Never
    } else if facts.exits.tries.is_some() && returns.alias.is_some() {
        Leaving::Declared { tries: true }
    } else if facts.exits.returns.is_some() && returns.alias == Some(Alias::Result) {
        Leaving::Declared { tries: false }
    } else if facts.exits.tries.is_some() {
        Leaving::Carry(Box::new(returns.travels.clone()))
    } else {
        Leaving::Step
    };
    let guard = (facts.exits.unknown_macro.is_some() && !all)
        .then(|| Lifetime::new("'_item", Span::mixed_site().located_at(keyword)));
    let rewrite = Rewrite {
        names: request.names,
        facts,
        private: &private,
        locals: &locals,
        flags: &flags,
        scratch: &scratch,
        made: &made,
        leaving: leaving.clone(),
        label: node.label.as_ref(),
        item: guard.clone(),
        item_closure: all,
        stays: all || !matches!(leaving, Leaving::Never),
        batch: batch(&node.pat, request),
    };
    let nothing = Block { brace_token: node.body.brace_token, stmts: Vec::new() };
    let mut user_body = std::mem::replace(&mut node.body, nothing);
    let ordered = facts.ordered.as_ref().and_then(|members| {
        let Some(Stmt::Expr(Expr::Block(last), _)) = user_body.stmts.pop() else { return None };
        Some(Ordered::of(last, members, &rewrite, request.names, keyword))
    });
    let rewritten = rewrite.body(user_body);
    let mut label_used = rewritten.label_used;
    let mut user_body = request.names.restore_block(rewritten.body);
    if let Some(ordered) = &ordered {
        label_used |= ordered.label_used;
        user_body.stmts.extend(ordered.stmts.clone());
    }
    let block = ours("block", keyword);
    if let Some(guard) = guard {
        user_body = parse_quote!({ #guard: #user_body });
    }
    if all {
        let failed = ours("failed", keyword);
        let item_type = &returns.travels;
        let brace = user_body.brace_token;
        let mut inner = user_body.clone();
        inner.stmts.push(Stmt::Expr(parse_quote!(::core::result::Result::Ok(())), None));
        user_body = parse_quote!({
            #failed.note(#private::attempt(
                || -> ::core::result::Result<(), <#item_type as #private::Grouped>::Error> #inner
            ));
        });
        user_body.brace_token = brace;
    }
    let the_loop = ExprForLoop {
        attrs: node.attrs.clone(),
        label: node.label.clone().filter(|_| label_used),
        pat: Box::new(request.names.restore_pat((*node.pat).clone())),
        expr: Box::new(match &ordered {
            Some(_) => {
                let turns = ours("turns", keyword);
                parse_quote!(#turns.over(#block))
            }
            None => parse_quote!(#block),
        }),
        body: user_body,
        ..node.clone()
    };

    let returned = Exit { facts, leaving: &leaving, returns: &returns, private: &private };
    let plain = request.names.restore_expr((*node.expr).clone());
    let windows = prepared.iter().any(|one| one.window);
    let counted = || windows.then(|| source_expr(&node.expr, &private, request.names));
    let streamed = stream::source(&plain, counted, facts.by_caller, request.parallel, &private);
    let streamed = streamed.unwrap_or_else(|| Streamed {
        source: source_expr(&node.expr, &private, request.names),
        through: TokenStream::new(),
        before: TokenStream::new(),
        after: TokenStream::new(),
    });
    if let Some(ordered) = &ordered {
        prepared.push(ordered.view(keyword));
    }
    Output {
        request,
        explained: explain::of_loop(&plain, request),
        private: &private,
        prepared: &prepared,
        early,
        streamed: &streamed,
        ordered,
        the_loop,
        returned,
        all,
        any: policy == ErrorPolicy::Any,
    }
    .tokens()
}

/// The loop variable, if it is a batch.
fn batch(pattern: &Pat, request: &Request<'_>) -> Option<Var> {
    request.parallel.stack.layers.batched?;
    match pattern {
        Pat::Ident(name) => request.names.var(&name.ident),
        Pat::Type(typed) => batch(&typed.pat, request),
        _ => None,
    }
}
