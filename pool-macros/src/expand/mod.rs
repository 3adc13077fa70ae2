//! From plans to code: the only place that quotes.

pub(crate) mod accumulate;
pub(crate) mod batch_note;
mod batches;
mod conditional;
mod explain;
mod fallback;
mod imports;
pub(crate) mod loops;
mod tasks;
mod this;
pub(crate) mod value;

use proc_macro2::TokenStream;

use crate::analyse::joins;
use crate::diagnostics::Errors;
use crate::model::{Layer, Plan};
use crate::parse;

/// What an attribute turns its item into: the expansion, or the item with every mistake.
pub(crate) fn expand(attribute: Layer, args: TokenStream, item: TokenStream) -> TokenStream {
    if let Some(both) = conditional::both(attribute, &args, &item) {
        return both;
    }
    let errors = Errors::new();
    let mut body = None;
    let mut batches = None;
    let output = match parse::plan(attribute, args, item.clone(), &errors) {
        Some(Plan::Loop(mut plan)) => {
            body = fallback::Body::of_no_task(&plan);
            batches =
                batches::Batches::of(&plan, || attribute == Layer::Batched || on_function(&item));
            joins::refuse(&plan.function.block, &errors);
            // The attribute that is being expanded has been resolved; a marker of the same name
            // need not be importable (`#[pool_runtime::pooled]` above, `#[pooled]` on a loop).
            let taken = plan.loops.iter().flat_map(|found| &found.stack.taken);
            let taken = taken.filter(|path| !path.is_ident(attribute.name()));
            imports::keep(&mut plan.function, taken);
            loops::expand(*plan, &errors)
        }
        Some(Plan::Task(plan)) => {
            body = Some(fallback::Body::of(&plan));
            joins::refuse(&plan.function.block, &errors);
            if errors.any() { TokenStream::new() } else { tasks::expand(*plan) }
        }
        None => TokenStream::new(),
    };
    if errors.hides_body() {
        body = Some(fallback::Body::hidden());
    }
    match errors.check() {
        Ok(()) => output,
        Err(error) => fallback::item_with(item, body.as_ref(), batches.as_ref(), &error),
    }
}

/// Whether `#[batched]` stands above the function as well, and not on its loops alone.
fn on_function(item: &TokenStream) -> bool {
    syn::parse2::<syn::ItemFn>(item.clone()).is_ok_and(|function| {
        function.attrs.iter().any(|found| Layer::of(found.path()) == Some(Layer::Batched))
    })
}
