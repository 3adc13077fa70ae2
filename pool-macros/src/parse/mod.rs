//! From the tokens of an attribute and its item to a [`Plan`].

mod markers;
mod signature;
mod stack;

use proc_macro2::TokenStream;
use syn::parse::Parser;
use syn::{ItemFn, Path};

use crate::diagnostics::Errors;
use crate::model::{Layer, LoopPlan, Plan, TaskPlan};
use crate::options::Place;
use crate::runtime_path;

/// What the user asked for; `None` where too little can be read to go on. Every mistake found on
/// the way is in `errors`.
pub(crate) fn plan(
    attribute: Layer,
    args: TokenStream,
    item: TokenStream,
    errors: &Errors,
) -> Option<Plan> {
    let parsed = <ItemFn as syn::parse::Parse>::parse.parse2(item.clone());
    let Ok(mut function) = parsed else {
        errors.push(signature::not_a_function(attribute, &item, parsed.err()));
        return None;
    };
    let returns = signature::task_return(&function.sig.output);
    let place = if returns.is_some() { Place::Task } else { Place::Function };
    let stack = stack::take(attribute, args, place, &mut function.attrs, errors);
    let runtime = stack.keys.krate.as_ref().map_or_else(runtime_path::find, |path| {
        let path: &Path = &path.value;
        path.clone()
    });
    signature::check(&function.sig, returns.is_some(), errors);
    match returns {
        Some(returns) => Some(Plan::Task(TaskPlan { runtime, function, stack, returns })),
        None => {
            let loops = markers::take(attribute, &stack, &mut function, errors);
            Some(Plan::Loop(LoopPlan { runtime, function, loops }))
        }
    }
}
