//! From plans to code: the only place that quotes.

pub(crate) mod accumulate;
mod fallback;
mod imports;
pub(crate) mod loops;
mod tasks;
mod this;
pub(crate) mod value;

use proc_macro2::TokenStream;

use crate::diagnostics::Errors;
use crate::model::{Layer, Plan};
use crate::parse;

/// What an attribute turns its item into: the expansion, or the item with every mistake.
pub(crate) fn expand(attribute: Layer, args: TokenStream, item: TokenStream) -> TokenStream {
    let errors = Errors::new();
    let mut body = None;
    let output = match parse::plan(attribute, args, item.clone(), &errors) {
        Some(Plan::Loop(mut plan)) => {
            body = fallback::Body::of_no_task(&plan);
            // The attribute that is being expanded has been resolved; a marker of the same name
            // need not be importable (`#[pool_runtime::pooled]` above, `#[pooled]` on a loop).
            let taken = plan.loops.iter().flat_map(|found| &found.stack.taken);
            let taken = taken.filter(|path| !path.is_ident(attribute.name()));
            imports::keep(&mut plan.function, taken);
            loops::expand(*plan, &errors)
        }
        Some(Plan::Task(plan)) => {
            body = Some(fallback::Body::of(&plan));
            if errors.any() { TokenStream::new() } else { tasks::expand(*plan) }
        }
        None => TokenStream::new(),
    };
    match errors.check() {
        Ok(()) => output,
        Err(error) => fallback::item_with(item, body.as_ref(), &error),
    }
}
