//! The block that stands in a loop's place: the site, what is made before the call, the call of
//! the driver, and what follows it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, ExprForLoop};

use super::body::Leaving;
use super::call::Request;
use super::exit::Exit;
use super::ours;
use super::prepare::Prepared;
use super::spans::first;
use super::stream::Streamed;
use super::turns::Ordered;
use crate::analyse::names::Origin;
use crate::expand::value;

/// What the block is made of.
pub(super) struct Output<'a> {
    pub(super) request: &'a Request<'a>,
    /// What `explain` says, in a warning of rustc's.
    pub(super) explained: TokenStream,
    pub(super) private: &'a TokenStream,
    pub(super) prepared: &'a [Prepared],
    /// Values of keys that are computed first.
    pub(super) early: TokenStream,
    pub(super) streamed: &'a Streamed,
    pub(super) ordered: Option<Ordered>,
    pub(super) the_loop: ExprForLoop,
    pub(super) returned: Exit<'a>,
    /// `errors = "all"` with errors.
    pub(super) all: bool,
    pub(super) any: bool,
}

impl Output<'_> {
    pub(super) fn tokens(&self) -> TokenStream {
        let private = self.private;
        let parallel = self.request.parallel;
        let keyword = parallel.keyword;
        let keys = &parallel.stack.keys;
        let function = &self.request.plan.function.sig.ident;
        let name =
            keys.name.as_ref().map_or_else(|| function.to_string(), |name| name.value.value());
        let plan = &parallel.stack.text;
        let line = quote_spanned!(keyword=> ::core::line!());

        let mut before = self.early.clone();
        before.extend(self.streamed.before.clone());
        let mut after = TokenStream::new();
        let source_value = &self.streamed.source;
        let source = if self.prepared.iter().any(|one| one.window) {
            let source = ours("source", keyword);
            before.extend(quote!(let #source = #source_value;));
            quote!(#source)
        } else {
            quote!(#source_value)
        };
        let through = &self.streamed.through;
        if let Some(ordered) = &self.ordered {
            let (order, makes) = (ours("order", keyword), &ordered.makes);
            before.extend(quote!(let #order = #private::Ordered::new(#makes);));
        }
        let mut values = Vec::new();
        let mut views = Vec::new();
        for (index, one) in self.prepared.iter().enumerate() {
            let make = &one.make;
            let made = if let Some((apart, places)) = &one.aside {
                before.extend(quote!(let mut #apart = #make.apart();));
                after.extend(quote!(#apart.settle(#places);));
                quote!(#apart.share())
            } else if one.window {
                let window = ours(&format!("window_{index}"), keyword);
                before.extend(quote!(let #window = #make;));
                quote!(#window)
            } else {
                quote!(#make)
            };
            before.extend(one.before.clone());
            if one.view { views.push((one, made)) } else { values.push((one, made)) }
        }
        let value_makes = values.iter().map(|(_, made)| made);
        let value_patterns = values.iter().map(|(one, _)| &one.pattern);
        let value_results: Vec<_> = values.iter().map(|(one, _)| &one.result).collect();
        let mut view_makes: Vec<TokenStream> = views.iter().map(|(_, made)| made.clone()).collect();
        let mut view_patterns: Vec<TokenStream> =
            views.iter().map(|(one, _)| one.pattern.clone()).collect();
        let failures = ours("failures", keyword);
        if self.all {
            let failed = ours("failed", keyword);
            before.extend(quote!(let mut #failures = #private::Failures::new();));
            view_makes.push(quote!(#failures.collect()));
            view_patterns.push(quote!(#failed));
        }

        let privates = self.privates();
        let starts: Vec<_> = self.prepared.iter().map(|one| &one.start).collect();
        let settings = self.settings();
        let block = ours("block", keyword);
        let the_loop = &self.the_loop;
        let step = ours("step", keyword);
        let leaves = !matches!(self.returned.leaving, Leaving::Never);
        let (run, inside) = if leaves {
            before.extend(self.returned.declares(keyword));
            let next = self.returned.next(keyword);
            let body = quote!(#privates #(#starts)* #the_loop #next);
            let attempt = self.returned.attempt(&body, keyword);
            let inside = quote! {
                let #step = #attempt;
                ((#(#value_results,)*), #step)
            };
            ("run_until", inside)
        } else {
            let results = (!value_results.is_empty()).then(|| quote!((#(#value_results,)*)));
            ("run", quote!(#privates #(#starts)* #the_loop #results))
        };
        let inside = self.lend(&inside);
        let captures = self.captures();
        let run = Ident::new(run, Span::call_site().located_at(keyword));
        let call = quote_spanned! {Span::call_site().located_at(keyword)=>
            #private::Loop::new(&__SITE, #source #through) #captures #settings .#run(
                (#(#value_makes,)*),
                (#(#view_makes,)*),
                |(#(#value_patterns,)*), (#(#view_patterns,)*), #block| { #inside },
            )
        };
        let timed = keys.timeout.as_ref().map(|timeout| {
            let span = timeout.key.span();
            quote_spanned!(span=> ?)
        });
        let call = if leaves {
            // At the key, whose place rustc shows when the error type is not `From<TimedOut>`.
            let at = keys.timeout.as_ref().map_or(keyword, |timeout| timeout.key.span());
            let outcome = ours("outcome", at);
            if after.is_empty() && timed.is_none() {
                self.returned.act_on(&call, keyword)
            } else {
                let act = self.returned.act_on(&quote!(#outcome #timed), keyword);
                quote!(let #outcome = #call; #after #act)
            }
        } else if let Some(timeout) = &keys.timeout {
            let outcome = ours("outcome", timeout.key.span());
            quote!(let #outcome = #call; #after #outcome #timed;)
        } else {
            quote!(#call; #after)
        };
        let failed = self.all.then(|| self.failed(&failures));
        let refused = &self.streamed.after;
        let explained = &self.explained;
        quote! {
            {
                static __SITE: #private::Site =
                    #private::Site::new(#name, ::core::file!(), #line, #plan);
                #explained
                #before
                #call
                #failed
                #refused
            }
        }
    }

    /// Leaves with what failed, if anything did.
    fn failed(&self, failures: &Ident) -> TokenStream {
        let returns = self.returned.returns;
        if returns.unnamed {
            let question = self.request.facts.exits.tries.map(|span| quote_spanned!(span=> ?));
            return quote!(#failures.into_result() #question;);
        }
        // `?` would say once more what the type lacks.
        let (private, travels) = (self.private, &returns.travels);
        let all = Ident::new("all", Span::mixed_site());
        quote!(if let ::core::result::Result::Err(#all) = #failures.into_result() {
            return #private::leave!(#travels, #all);
        })
    }

    /// Variables that every iteration assigns before it reads them: a share has its own.
    fn privates(&self) -> TokenStream {
        let names = self.request.names;
        let mut declarations = TokenStream::new();
        for var in &self.request.facts.verdict.privates {
            let declared = names.declared(*var);
            let ident = &declared.ident;
            let kind = match &declared.origin {
                Origin::Let { declared: Some(kind), .. } | Origin::Parameter(Some(kind)) => {
                    Some(quote!(: #kind))
                }
                _ => None,
            };
            declarations.extend(quote!(let mut #ident #kind;));
        }
        declarations
    }

    /// `lend2(table, n, |table, n| { .. })`
    fn lend(&self, inside: &TokenStream) -> TokenStream {
        let lent = &self.request.facts.lent;
        if lent.is_empty() {
            return inside.clone();
        }
        let private = self.private;
        let at = Span::mixed_site().located_at(self.request.parallel.keyword);
        let lend = Ident::new(&format!("lend{}", lent.len()), at);
        let lent: Vec<Ident> =
            lent.iter().map(|ident| self.request.names.restore_ident(ident)).collect();
        quote!(#private::#lend(#(#lent,)* |#(#lent),*| { #inside }))
    }

    /// `.captures(&raw const table)`
    fn captures(&self) -> TokenStream {
        let at = Span::call_site().located_at(self.request.parallel.keyword);
        let question = |name: &str, place: &Expr| {
            let place = self.request.names.restore_expr(place.clone());
            let name = Ident::new(name, at);
            // The user's own tokens, as far as rustc is concerned: nothing but the place is said.
            let variable = quote_spanned!(first(&place)=> &raw const #place);
            quote_spanned!(at=> .#name(#variable))
        };
        let captures = &self.request.facts.captures;
        let parts = captures.iter().map(|capture| question("captures", &capture.place));
        let all = captures.iter().flat_map(|capture| &capture.all);
        let all = all.map(|variable| question("captures_all", variable));
        parts.chain(all).collect()
    }

    /// `.workers(8).chunk(100)`
    fn settings(&self) -> TokenStream {
        let keys = &self.request.parallel.stack.keys;
        let mut calls = TokenStream::new();
        let mut call = |key: &Ident, name: &str, value: TokenStream| {
            let method = Ident::new(name, Span::mixed_site().located_at(key.span()));
            calls.extend(quote!(.#method(#value)));
        };
        for (name, given) in [("workers", &keys.workers), ("chunk", &keys.chunk)] {
            if let Some(given) = given
                && let Some(value) = value::number(given)
            {
                call(&given.key, name, value);
            }
        }
        if let Some(pool) = &keys.pool {
            call(&pool.key, "pool", pool.tokens.clone());
        }
        if let Some(progress) = &keys.progress {
            call(&progress.key, "progress", progress.tokens.clone());
        }
        if self.any
            && let Some(errors) = &keys.errors
        {
            call(&errors.key, "any_error", TokenStream::new());
        }
        if let Some(timeout) = &keys.timeout {
            call(&timeout.key, "timeout", value::time(timeout));
        }
        calls
    }
}
