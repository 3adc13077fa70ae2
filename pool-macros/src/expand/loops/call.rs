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

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprForLoop, ExprMethodCall, Lifetime, ReturnType, Stmt, parse_quote};

use super::body::{self, Leaving, Local, Rewrite};
use super::ours;
use super::returns::{Returns, takes_question_mark};
use super::stream::{self, Streamed};
use super::turns::Ordered;
use crate::analyse::Facts;
use crate::analyse::extremum::Extremum;
use crate::analyse::forms::Fold;
use crate::analyse::names::{Names, Origin, Var};
use crate::analyse::place::{Place, Target, text};
use crate::analyse::source;
use crate::analyse::verdict::{Accumulator, Kind};
use crate::diagnostics::Errors;
use crate::expand::value;
use crate::model::{ErrorPolicy, LoopPlan, ParallelLoop};

/// A loop to be lowered, and what is known of it.
pub(super) struct Request<'a> {
    pub(super) plan: &'a LoopPlan,
    pub(super) parallel: &'a ParallelLoop,
    pub(super) names: &'a Names,
    pub(super) facts: &'a Facts,
    /// The return type of the function or closure that the loop stands in.
    pub(super) output: &'a ReturnType,
    pub(super) errors: &'a Errors,
}

/// An accumulator with its local names and its constructor.
pub(super) struct Prepared {
    pub(super) view: bool,
    /// `add!(sum)`
    pub(super) make: TokenStream,
    /// `mut sum`, or `((mut best, mut arg), mut best_found)`.
    pub(super) pattern: TokenStream,
    /// `sum`, or `((best, arg), best_found)`.
    pub(super) result: TokenStream,
    /// For what is reduced aside: the variable that holds it, and the place.
    pub(super) aside: Option<(Ident, TokenStream)>,
    pub(super) window: bool,
    /// What the body starts with: working space that can fail to be made.
    pub(super) start: TokenStream,
}

/// The block that stands in the loop's place.
pub(super) fn lower(node: ExprForLoop, request: &Request<'_>) -> TokenStream {
    let runtime = &request.plan.runtime;
    let private = quote!(#runtime::__private);
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
    for entry in keys.scratch.iter().flat_map(|scratch| &scratch.value) {
        let make = &entry.maker;
        let name = &entry.name;
        let var = facts.mentioned.iter().copied().find(|var| *name == request.names.name(*var));
        if let Some(var) = var {
            scratch.insert(var, make.is_some());
        }
        let mut start = TokenStream::new();
        let make = match make {
            Some(make) if facts.fallible.contains(&name.to_string()) => {
                start = quote! {
                    if #name.is_empty() { #name.fill(#make); }
                    let #name = #name.get();
                };
                quote!(#private::scratch!(?))
            }
            Some(make) => quote!(#private::scratch!(= #make)),
            None => quote!(#private::scratch!(#name)),
        };
        prepared.push(Prepared {
            view: true,
            make,
            pattern: name.to_token_stream(),
            result: TokenStream::new(),
            aside: None,
            window: false,
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
        leaving: leaving.clone(),
        label: node.label.as_ref(),
        item: guard.clone(),
        item_closure: all,
    };
    let mut user_body = node.body.clone();
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
    let streamed = stream::source(&plain, request.parallel, &private);
    let streamed = streamed.unwrap_or_else(|| Streamed {
        source: source_expr(&node.expr, &private, request.names),
        before: TokenStream::new(),
        after: TokenStream::new(),
    });
    if let Some(ordered) = &ordered {
        prepared.push(ordered.view(keyword));
    }
    Output {
        request,
        private: &private,
        prepared: &prepared,
        streamed: &streamed,
        ordered,
        the_loop,
        returned,
        all,
        any: policy == ErrorPolicy::Any,
    }
    .tokens()
}

/// `source!(v.iter_mut()).enumerate()`: adapters that the driver applies itself stay outside.
/// `v.chunks_mut(n)` becomes one of them, because std's iterator over exclusive chunks cannot be
/// cut: `source!(v.iter_mut()).chunks_mut(n)`.
fn source_expr(node: &Expr, private: &TokenStream, names: &Names) -> Expr {
    let mut node = names.restore_expr(node.clone());
    if source::chain_base(&node).is_none() {
        return parse_quote!(#private::source!(#node));
    }
    wrap(&mut node, private);
    node
}

fn wrap(node: &mut Expr, private: &TokenStream) {
    let base = &mut |base: &Expr| match base {
        Expr::MethodCall(call)
            if call.method == "chunks_mut" || call.method == "chunks_exact_mut" =>
        {
            let ExprMethodCall { receiver, method, args, .. } = call;
            let iter_mut = Ident::new("iter_mut", method.span());
            parse_quote!(#private::source!(#receiver.#iter_mut()).#method(#args))
        }
        base => parse_quote!(#private::source!(#base)),
    };
    source::wrap_base(node, base, &mut |other| {
        if source::chain_base(other).is_some() {
            wrap(other, private);
        } else {
            let inner = other.clone();
            *other = parse_quote!(#private::source!(#inner));
        }
    });
}

fn prepare(
    accumulator: &Accumulator,
    locals: &[Local],
    flag: Option<Ident>,
    request: &Request<'_>,
) -> Prepared {
    let names = request.names;
    let keyword = request.parallel.keyword;
    let runtime = &request.plan.runtime;
    let private = &quote!(#runtime::__private);
    let idents: Vec<Ident> = locals.iter().map(|local| names.restore_ident(&local.ident)).collect();
    let places: Vec<Expr> = accumulator
        .members
        .iter()
        .map(|member| names.restore_expr(member.spelling.clone()))
        .collect();
    let (place, ident) = (&places[0], &idents[0]);
    let view = accumulator.kind.is_view();
    let make = match &accumulator.kind {
        Kind::Named(name, arguments) => {
            let name = if accumulator.aside && *name == "collect" { "append" } else { name };
            let name = Ident::new(name, Span::mixed_site());
            let comma = (!arguments.is_empty()).then(|| quote!(,));
            let keyed = name == "entry" || name == "entry_from" || name == "insert";
            let shards = request.parallel.stack.keys.shards.as_ref().filter(|_| keyed);
            let shards = shards.and_then(value::number).map(|shards| quote!(, shards = #shards));
            let make = quote!(#private::#name!(#place #comma #arguments #shards));
            if accumulator.commutes {
                let span = Span::mixed_site().located_at(place.span());
                quote_spanned!(span=> { #private::commutes(&#place); #make })
            } else {
                make
            }
        }
        Kind::Fold(fold) => {
            let function = fold_function(fold, names);
            quote!(#private::fold!(#place, #function))
        }
        Kind::Best(extremum) => {
            let better = better(extremum, names);
            quote!(#private::best!((#(#places,)*), #better))
        }
        Kind::Window(position) => {
            let source = ours("source", keyword);
            if *position == 0 {
                quote!(#private::window!(#place, #source))
            } else {
                let position = Literal::usize_unsuffixed(*position);
                quote!(#private::rows!(#place, #source, #position))
            }
        }
    };
    let (pattern, result) = match &flag {
        Some(flag) => (quote!(((#(mut #idents,)*), mut #flag)), quote!(((#(#idents,)*), #flag))),
        None if view => (quote!(#ident), TokenStream::new()),
        None => (quote!(mut #ident), quote!(#ident)),
    };
    let aside = accumulator.aside.then(|| {
        let name = text(ident).trim_start_matches("r#").to_owned();
        let name = name.split('·').next().unwrap_or_default();
        let places = match &accumulator.kind {
            Kind::Best(_) => quote!((#(&mut #places,)*)),
            _ => quote!(&mut #place),
        };
        (ours(&format!("{name}_apart"), keyword), places)
    });
    Prepared {
        view,
        make,
        pattern,
        result,
        aside,
        window: matches!(accumulator.kind, Kind::Window(_)),
        start: TokenStream::new(),
    }
}

/// `|so_far, later| so_far.min(later)`
fn fold_function(fold: &Fold, names: &Names) -> TokenStream {
    let (so_far, later) = (ours("so_far", Span::call_site()), ours("later", Span::call_site()));
    match fold {
        Fold::Method { name, flipped: false } => quote!(|#so_far, #later| #so_far.#name(#later)),
        Fold::Method { name, flipped: true } => quote!(|#so_far, #later| #later.#name(#so_far)),
        Fold::Call { function, flipped } => {
            let function = names.restore_expr((**function).clone());
            if *flipped {
                quote!(|#so_far, #later| #function(#later, #so_far))
            } else {
                quote!(|#so_far, #later| #function(#so_far, #later))
            }
        }
    }
}

/// `|later, so_far| later.0 < so_far.0`
fn better(extremum: &Extremum, names: &Names) -> TokenStream {
    let (later, so_far) = (ours("later", Span::call_site()), ours("so_far", Span::call_site()));
    let side = |of: &Ident| {
        let mut side = extremum.state.clone();
        InShare { extremum, names, of }.visit(&mut side);
        names.restore_expr(side)
    };
    let op = &extremum.op;
    let (new, old) = (side(&later), side(&so_far));
    let comparison =
        if extremum.state_on_right { quote!(#new #op #old) } else { quote!(#old #op #new) };
    quote!(|#later, #so_far| #comparison)
}

/// Puts `share.0` in the place of an extremum's first variable, and so on.
struct InShare<'a> {
    extremum: &'a Extremum,
    names: &'a Names,
    of: &'a Ident,
}

impl InShare<'_> {
    fn visit(&mut self, node: &mut Expr) {
        syn::visit_mut::VisitMut::visit_expr_mut(self, node);
    }
}

impl syn::visit_mut::VisitMut for InShare<'_> {
    fn visit_expr_mut(&mut self, node: &mut Expr) {
        if let Some(target) = Target::of(node, self.names)
            && target.steps.is_empty()
            && let Some(index) = self
                .extremum
                .assigned
                .iter()
                .position(|assigned| assigned.target.place == target.place)
        {
            let of = self.of;
            let index = syn::Index::from(index);
            *node = parse_quote!(#of.#index);
            return;
        }
        syn::visit_mut::visit_expr_mut(self, node);
    }
}

/// How the function goes on when the loop has been left.
struct Exit<'a> {
    facts: &'a Facts,
    leaving: &'a Leaving,
    returns: &'a Returns,
    private: &'a TokenStream,
}

impl Exit<'_> {
    /// What follows `outcome`, the value of `run_until`.
    fn act_on(&self, outcome: &TokenStream, keyword: Span) -> TokenStream {
        let value = ours("value", keyword);
        let exits = &self.facts.exits;
        let word = exits.returns.map(syn::token::Return);
        let question = exits.tries.map(|span| quote_spanned!(span=> ?));
        match (self.leaving, word) {
            (Leaving::Carry(_), _) if self.returns.boxed => self.unbox(outcome, keyword),
            // As `unbox`, where no `?` stands around the outcome.
            (_, Some(word)) if self.returns.boxed => {
                let error = ours("error", keyword);
                quote!(match #outcome {
                    ::core::option::Option::Some(::core::result::Result::Ok(#value)) => {
                        #word ::core::result::Result::Ok(#value);
                    }
                    ::core::option::Option::Some(::core::result::Result::Err(#error)) => {
                        #word ::core::result::Result::Err(#error);
                    }
                    ::core::option::Option::None => {}
                })
            }
            (_, Some(word)) => {
                quote!(if let ::core::option::Option::Some(#value) = #outcome #question {
                    #word #value;
                })
            }
            (_, None) => quote!(#outcome #question;),
        }
    }

    /// A boxed error travels as `+ Send + Sync` and is unsized back.
    fn unbox(&self, outcome: &TokenStream, keyword: Span) -> TokenStream {
        let (value, error) = (ours("value", keyword), ours("error", keyword));
        let exits = &self.facts.exits;
        let word = exits.returns.or(exits.tries).unwrap_or(keyword);
        let word = syn::Token![return](word);
        let returned = exits.returns.is_some().then(|| {
            quote! {
                ::core::result::Result::Ok(::core::option::Option::Some(
                    ::core::result::Result::Ok(#value),
                )) => #word ::core::result::Result::Ok(#value),
                ::core::result::Result::Ok(::core::option::Option::Some(
                    ::core::result::Result::Err(#error),
                )) => #word ::core::result::Result::Err(#error),
            }
        });
        let rest =
            if exits.returns.is_some() { quote!(::core::option::Option::None) } else { quote!(_) };
        quote!(match #outcome {
            #returned
            ::core::result::Result::Ok(#rest) => {}
            ::core::result::Result::Err(#error) => #word ::core::result::Result::Err(#error),
        })
    }

    /// The declared type of the closure around the body.
    fn closure_type(&self, keyword: Span) -> TokenStream {
        let private = self.private;
        let returned = if self.facts.exits.returns.is_none() {
            quote!(())
        } else if self.returns.unnamed {
            quote!(_)
        } else {
            let returns = &self.returns.travels;
            quote!(#returns)
        };
        let step = quote_spanned!(Span::mixed_site().located_at(keyword)=>
            #private::Step<#returned>);
        match self.leaving {
            Leaving::Carry(returns) => quote!(#private::Carry<#returns, #step>),
            _ => step,
        }
    }

    /// The last line of that closure.
    fn next(&self) -> TokenStream {
        let private = self.private;
        match self.leaving {
            Leaving::Carry(returns) => {
                quote!(<#returns as #private::Leave>::with(#private::Step::Next))
            }
            _ => quote!(#private::Step::Next),
        }
    }
}

struct Output<'a> {
    request: &'a Request<'a>,
    private: &'a TokenStream,
    prepared: &'a [Prepared],
    streamed: &'a Streamed,
    ordered: Option<Ordered>,
    the_loop: ExprForLoop,
    returned: Exit<'a>,
    /// `errors = "all"` with errors.
    all: bool,
    any: bool,
}

impl Output<'_> {
    fn tokens(&self) -> TokenStream {
        let private = self.private;
        let parallel = self.request.parallel;
        let keyword = parallel.keyword;
        let keys = &parallel.stack.keys;
        let function = &self.request.plan.function.sig.ident;
        let name =
            keys.name.as_ref().map_or_else(|| function.to_string(), |name| name.value.value());
        let plan = &parallel.stack.text;
        let line = quote_spanned!(keyword=> ::core::line!());

        let mut before = self.streamed.before.clone();
        let mut after = TokenStream::new();
        let source_value = &self.streamed.source;
        let source = if self.prepared.iter().any(|one| one.window) {
            let source = ours("source", keyword);
            before.extend(quote!(let #source = #source_value;));
            quote!(#source)
        } else {
            quote!(#source_value)
        };
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
            let declared = self.returned.closure_type(keyword);
            let next = self.returned.next();
            let inside = quote! {
                let #step = #private::attempt(|| -> #declared {
                    #privates
                    #(#starts)*
                    #the_loop
                    #next
                });
                ((#(#value_results,)*), #step)
            };
            (quote!(run_until), inside)
        } else {
            let results = (!value_results.is_empty()).then(|| quote!((#(#value_results,)*)));
            (quote!(run), quote!(#privates #(#starts)* #the_loop #results))
        };
        let call = quote! {
            #private::Loop::new(&__SITE, #source) #settings .#run(
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
            let outcome = ours("outcome", keyword);
            if after.is_empty() {
                self.returned.act_on(&quote!(#call #timed), keyword)
            } else {
                let act = self.returned.act_on(&quote!(#outcome #timed), keyword);
                quote!(let #outcome = #call; #after #act)
            }
        } else if timed.is_some() && !after.is_empty() {
            let outcome = ours("outcome", keyword);
            quote!(let #outcome = #call; #after #outcome #timed;)
        } else {
            quote!(#call #timed; #after)
        };
        let failed = self.all.then(|| {
            let question = self.request.facts.exits.tries.map(|span| quote_spanned!(span=> ?));
            quote!(#failures.into_result() #question;)
        });
        let refused = &self.streamed.after;
        quote! {
            {
                static __SITE: #private::Site =
                    #private::Site::new(#name, ::core::file!(), #line, #plan);
                #before
                #call
                #failed
                #refused
            }
        }
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

/// Refuses what the return type does not allow.
pub(super) fn check_returns(request: &Request<'_>) {
    let exits = &request.facts.exits;
    if let Some(question) = exits.tries
        && !takes_question_mark(request.output)
    {
        if request.parallel.in_closure {
            request.errors.at_span(
                question,
                "`?` leaves the closure around this loop, whose return type is not known here: \
                 write it, `|..| -> Result<.., E> { .. }`, or take the loop out of the closure",
            );
            return;
        }
        request.errors.at_span(
            question,
            "`?` leaves the function with an error, but this one returns neither `Result` nor \
             `Option`: write `-> Result<.., E>`",
        );
    }
}
