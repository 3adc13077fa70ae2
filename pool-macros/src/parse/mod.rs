//! From the tokens of an attribute and its item to a [`Plan`].

mod markers;
mod owned;
mod signature;
mod stack;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ItemFn;

use crate::diagnostics::Errors;
use crate::model::{Layer, LoopPlan, Plan, TaskPlan};
use crate::options::{self, Place};
use crate::runtime_path;

pub(crate) use owned::only_argument;
pub(crate) use signature::{body_type, hidden_task, is_qualifier};

/// What the user asked for; `None` where too little can be read to go on. Every mistake found on
/// the way is in `errors`.
pub(crate) fn plan(
    attribute: Layer,
    args: TokenStream,
    item: TokenStream,
    errors: &Errors,
) -> Option<Plan> {
    if rewritten(&item) {
        errors.at_span(
            Span::call_site(),
            format!(
                "another attribute of `pool-runtime` has rewritten this function already, and did \
                 not know this one under its other name: write `#[{0}]` (`use pool_runtime::{0}`), \
                 so that they form one plan",
                attribute.name()
            ),
        );
        return None;
    }
    let mut function: ItemFn = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            errors.push(signature::not_a_function(attribute, &item, error));
            return None;
        }
    };
    let returns = signature::task_return(&function.sig.output);
    let place = if returns.is_some() { Place::Task } else { Place::Function };
    let stack = stack::take(attribute, args, place, &mut function.attrs, errors);
    let runtime = match &stack.keys.krate {
        Some(path) => path.value.clone(),
        None => runtime_path::find(),
    };
    signature::check(&function.sig, returns.as_ref(), errors);
    Some(match returns {
        Some(returns) => {
            signature::check_task(&function.sig, &returns, &stack, errors);
            markers::refuse(&function, errors);
            options::check_task(&stack.keys, &function.sig, errors);
            Plan::Task(Box::new(TaskPlan { runtime, function, stack, returns }))
        }
        None => {
            let loops = markers::take(attribute, &stack, &mut function, errors);
            for parallel in &loops {
                options::check_loop(&parallel.stack.keys, &function.sig, errors);
            }
            Plan::Loop(Box::new(LoopPlan { runtime, function, loops }))
        }
    })
}

/// Whether the item is an expansion of ours: a sibling that was not recognised expands later.
fn rewritten(item: &TokenStream) -> bool {
    let mut private = false;
    item.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => {
            private = false;
            rewritten(&group.stream())
        }
        TokenTree::Punct(punct) if punct.as_char() == ':' => false,
        TokenTree::Ident(name) => {
            let found = private && name == "Site";
            private = name == "__private";
            found
        }
        _ => {
            private = false;
            false
        }
    })
}
