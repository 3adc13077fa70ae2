//! Task mode: a call moves its arguments into the function's own queue, and a worker runs the
//! body.
//!
//! ```text
//! from: #[bounded(workers = 8, queue = 500)]
//!       fn thumbnail(path: PathBuf, width: u32) -> Task<Result<Thumb, Error>> { BODY }
//!
//! into: fn thumbnail(path: PathBuf, width: u32) -> Task<Result<Thumb, Error>> {
//!           static __SITE: Site = Site::new("thumbnail", file!(), line!(), "bounded(..)");
//!           static __TASKS: Tasks = Tasks::new(&__SITE);
//!           __TASKS.task2(
//!               |plan| plan.workers(8).queue(500),     // called once, at the first call
//!               path,
//!               width,
//!               |path, width| -> Result<Thumb, Error> { BODY },
//!           )
//!       }
//! ```
//!
//! The body is a closure and not a function: it may then name the generics and the `Self` of
//! what surrounds it, and its own function (which submits another task). It captures nothing, so
//! its type is the key under which the runtime finds the queue of a generic function's instance.
//!
//! What `scratch(client = Client::new()?)` names is made by the first call that a worker runs, so
//! that a maker can fail as the body does:
//!
//! ```text
//! |scratch, (url,)| -> Result<String, Error> {
//!     let (client,) = match scratch.kept() {
//!         Some(kept) => kept,
//!         None => {
//!             let made = (Client::new()?,);
//!             scratch.keep(made)
//!         }
//!     };
//!     BODY
//! }
//! ```

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{AttrStyle, Attribute, Expr, FnArg, Pat, PatType, Signature, Stmt, Type};

use super::{explain, imports, this, value};
use crate::model::{Keys, OnFull, Scratch, TaskPlan, TaskReturn};
use crate::parse::{body_type, only_argument};

/// The function whose calls are tasks.
pub(crate) fn expand(plan: TaskPlan) -> TokenStream {
    let batched = plan.stack.layers.batched.is_some();
    let result = body_type(&plan.returns, batched);
    let explained = explain::of_task(&plan);
    let TaskPlan { runtime, function, stack, returns } = plan;
    let name = function.sig.ident.clone();
    let (inner, outer): (Vec<_>, Vec<_>) = function
        .attrs
        .into_iter()
        .partition(|attribute| matches!(attribute.style, AttrStyle::Inner(_)));
    let (signature, parameters) = split(function.sig, batched);
    let mut block = *function.block;
    this::rename(&mut block);

    let verb = match (&returns, batched) {
        (TaskReturn::Task(_), false) => "task",
        (TaskReturn::Task(_), true) => "batched_task",
        (TaskReturn::Admission, false) => "admit",
        (TaskReturn::Admission, true) => "batched_admit",
    };
    let private = quote!(#runtime::__private);
    let plan = Ident::new("plan", Span::mixed_site());
    let settings = settings(&plan, &stack.keys, batched, &private);
    let arguments = parameters.iter().map(|parameter| &parameter.argument);
    let patterns = parameters.iter().map(|parameter| &parameter.pattern);
    let result = result.map(|result| quote!(-> #result));
    // Where rustc means "this function", or this call of the queue, it underlines the name.
    let bar = quote_spanned!(name.span()=> |);
    let tasks = Ident::new("__TASKS", name.span());
    // What is wrong with the result is said of the method.
    let outcome = match &returns {
        TaskReturn::Task(result) => result.span(),
        TaskReturn::Admission => name.span(),
    };
    let call = if let Some(entries) = &stack.keys.scratch {
        let submit = Ident::new(verb, outcome);
        let scratch = Ident::new("scratch", Span::mixed_site());
        let made = made(&entries.value, &scratch);
        block.stmts.insert(0, Stmt::Expr(Expr::Verbatim(made), None));
        quote_spanned! {name.span()=>
            #tasks.#submit(
                || { let #plan = #private::TaskPlan::new(); #settings },
                (#(#arguments,)*),
                #bar #scratch, (#(#patterns,)*) #bar #result #block
            )
        }
    } else {
        let submit = format_ident!("{verb}{}", parameters.len(), span = outcome);
        quote_spanned! {name.span()=>
            #tasks.#submit(
                |#plan| #settings,
                #(#arguments,)*
                #bar #(#patterns),* #bar #result #block
            )
        }
    };
    let shown = match &stack.keys.name {
        Some(given) => given.value.value(),
        None => name.to_string(),
    };
    let text = &stack.text;
    let line = quote_spanned!(name.span()=> ::core::line!());
    let visibility = &function.vis;
    let defaultness = &function.modifiers.defaultness;
    let imports = stack.taken.iter().map(imports::import);
    quote! {
        #(#outer)*
        #visibility #defaultness #signature {
            #(#inner)*
            #(#imports)*
            #explained
            static __SITE: #private::Site =
                #private::Site::new(#shown, ::core::file!(), #line, #text);
            static __TASKS: #private::Tasks = #private::Tasks::new(&__SITE);
            #call
        }
    }
}

/// `plan.workers(8).queue(500)`: what the user said of the queue.
fn settings(plan: &Ident, keys: &Keys, batched: bool, private: &TokenStream) -> TokenStream {
    let mut calls = TokenStream::new();
    let mut call = |method: &str, key: &Ident, value: TokenStream| {
        let method = Ident::new(method, Span::mixed_site().located_at(key.span()));
        calls.extend(quote!(.#method(#value)));
    };
    for number in [&keys.workers, &keys.queue, &keys.size].into_iter().flatten() {
        if let Some(value) = value::number(number) {
            call(&number.key.to_string(), &number.key, value);
        }
    }
    if batched && keys.size.as_ref().and_then(value::number).is_none() {
        call("size", plan, Literal::usize_unsuffixed(value::BATCH).into_token_stream());
    }
    if let Some(time) = &keys.linger {
        call("linger", &time.key, value::time(time));
    }
    if let Some(policy) = &keys.on_full {
        let variant = match policy.value {
            OnFull::Block => quote!(Block),
            // `"error"` has been refused.
            OnFull::Drop | OnFull::Error => quote!(Drop),
            OnFull::DropOldest => quote!(DropOldest),
            OnFull::Run => quote!(Run),
        };
        call("when_full", &policy.key, quote!(#private::WhenFull::#variant));
    }
    if let Some(pool) = &keys.pool {
        call("pool", &pool.key, pool.tokens.clone());
    }
    quote!(#plan #calls)
}

/// The statement that binds what a worker keeps from call to call.
fn made(entries: &[Scratch], scratch: &Ident) -> TokenStream {
    let [kept, made] = ["kept", "made"].map(|name| Ident::new(name, Span::mixed_site()));
    let names = entries.iter().map(|entry| &entry.name);
    let makers = entries.iter().map(|entry| &entry.maker);
    quote! {
        let (#(#names,)*) = match #scratch.kept() {
            ::core::option::Option::Some(#kept) => #kept,
            ::core::option::Option::None => {
                let #made = (#(#makers,)*);
                #scratch.keep(#made)
            }
        };
    }
}

/// One parameter, seen from the call and from the body.
struct Parameter {
    /// The expression that the call hands over.
    argument: TokenStream,
    /// The pattern that the body binds.
    pattern: TokenStream,
}

/// The signature that callers see (plain names for patterns, the item's type for batches), and
/// what its parameters are to the body.
fn split(mut signature: Signature, batched: bool) -> (Signature, Vec<Parameter>) {
    let names = names(&signature);
    let parameters = signature
        .inputs
        .iter_mut()
        .zip(names)
        .map(|(input, name)| match input {
            FnArg::Receiver(receiver) => {
                let mutability = receiver.mutability.take();
                let this = this::name(receiver.self_token.span);
                Parameter {
                    argument: receiver.self_token.to_token_stream(),
                    pattern: quote!(#mutability #this),
                }
            }
            FnArg::Typed(argument) => typed(argument, &name, batched),
        })
        .collect();
    (signature, parameters)
}

fn typed(argument: &mut PatType, name: &Ident, batched: bool) -> Parameter {
    let (lints, kept): (Vec<_>, Vec<_>) =
        std::mem::take(&mut argument.attrs).into_iter().partition(is_lint);
    argument.attrs = kept;
    let plain: Pat = Pat::Ident(syn::PatIdent {
        attrs: Vec::new(),
        by_ref: None,
        mutability: None,
        ident: name.clone(),
        subpat: None,
    });
    let pattern = std::mem::replace(&mut *argument.pat, plain);
    if batched && let Some(item) = only_argument(&argument.ty, "Vec") {
        let item: Type = item.clone();
        *argument.ty = item;
    }
    Parameter { argument: name.to_token_stream(), pattern: quote!(#(#lints)* #pattern) }
}

/// A name for each parameter that the call can hand over: the user's own where there is one.
fn names(signature: &Signature) -> Vec<Ident> {
    let mut taken: Vec<String> = Vec::new();
    signature
        .inputs
        .iter()
        .enumerate()
        .map(|(index, input)| {
            let pattern = match input {
                FnArg::Typed(argument) => &argument.pat,
                FnArg::Receiver(receiver) => return Ident::from(receiver.self_token),
            };
            let own = match &**pattern {
                Pat::Ident(own) if own.subpat.is_none() && own.by_ref.is_none() => Some(&own.ident),
                _ => None,
            };
            let name = match own {
                Some(own) if !own.to_string().starts_with('_') => own.clone(),
                _ => {
                    let hidden = Span::mixed_site().located_at(pattern.span());
                    let text = own.map(|own| own.to_string().trim_start_matches('_').to_owned());
                    text.filter(|text| !taken.contains(text))
                        .and_then(|text| syn::parse_str::<Ident>(&text).ok())
                        .map_or_else(
                            || format_ident!("argument{index}", span = hidden),
                            |name| Ident::new(&name.to_string(), hidden),
                        )
                }
            };
            taken.push(name.to_string());
            name
        })
        .collect()
}

/// `#[allow(..)]` and its kin: they mean the binding in the body.
fn is_lint(attribute: &Attribute) -> bool {
    ["allow", "expect", "warn", "deny", "forbid"]
        .iter()
        .any(|level| attribute.path().is_ident(level))
}
