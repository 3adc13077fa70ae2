//! From plans to code: the only place that quotes.

mod fallback;
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
        Some(Plan::Loop(plan)) => loops::expand(plan, &errors),
        Some(Plan::Task(plan)) => tasks::expand(plan, &errors),
        None => TokenStream::new(),
    };
    match errors.check() {
        Ok(()) => output,
        Err(error) => fallback::item_with(item, &error),
    }
}
