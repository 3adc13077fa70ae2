//! From plans to code: the only place that quotes.

mod fallback;
mod imports;
pub(crate) mod loops;
mod tasks;

use proc_macro2::TokenStream;

use crate::diagnostics::Errors;
use crate::model::{Layer, Plan};
use crate::parse;

/// What an attribute turns its item into: the expansion, or the item with every mistake.
pub(crate) fn expand(attribute: Layer, args: TokenStream, item: TokenStream) -> TokenStream {
    let errors = Errors::new();
    let output = match parse::plan(attribute, args, item.clone(), &errors) {
        Some(Plan::Loop(mut plan)) => {
            imports::keep(
                &mut plan.function,
                plan.loops.iter().flat_map(|found| &found.stack.taken),
            );
            loops::expand(plan, &errors)
        }
        Some(Plan::Task(mut plan)) => {
            imports::keep(&mut plan.function, &plan.stack.taken);
            tasks::expand(plan, &errors)
        }
        None => TokenStream::new(),
    };
    match errors.check() {
        Ok(()) => output,
        Err(error) => fallback::item_with(item, &error),
    }
}
