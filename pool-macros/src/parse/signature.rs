//! What a signature alone decides: the mode, and what cannot be.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{
    FnArg, GenericArgument, PathArguments, ReturnType, Safety, Signature, TraitItemFn, Type,
    TypePath,
};

use super::owned;
use crate::diagnostics::Errors;
use crate::model::{Layer, Stack, TaskReturn};

/// Task mode: the declared return type is `Task<T>` or `Admission`, by whatever path.
pub(super) fn task_return(output: &ReturnType, errors: &Errors) -> Option<TaskReturn> {
    let ReturnType::Type(_, declared) = output else { return None };
    let Type::Path(path) = peel(declared) else { return None };
    let tail = path.path.segments.last()?;
    if tail.ident == "Admission" {
        if !tail.arguments.is_none() {
            errors.at(&tail.arguments, "`Admission` has no parameters: write `Admission`");
        }
        return Some(TaskReturn::Admission);
    }
    if tail.ident != "Task" {
        return None;
    }
    if let PathArguments::AngleBracketed(arguments) = &tail.arguments
        && let Some(GenericArgument::Type(value)) = arguments.args.first()
        && arguments.args.len() == 1
    {
        return Some(TaskReturn::Task(Box::new(value.clone())));
    }
    errors.at(
        tail,
        "`Task` has one parameter, what the body returns: write `Task<()>`, or `Task<Result<T, E>>` \
         for a body that can fail",
    );
    Some(TaskReturn::Task(Box::new(Type::Tuple(syn::TypeTuple {
        attrs: Vec::new(),
        paren_token: syn::token::Paren::default(),
        elems: syn::punctuated::Punctuated::new(),
    }))))
}

/// Without the parentheses and invisible groups around it.
pub(super) fn peel(mut declared: &Type) -> &Type {
    loop {
        match declared {
            Type::Group(group) => declared = &group.elem,
            Type::Paren(paren) => declared = &paren.elem,
            _ => return declared,
        }
    }
}

/// Refuses the functions that can be neither parallel nor tasks.
pub(super) fn check(signature: &Signature, returns: Option<&TaskReturn>, errors: &Errors) {
    if let Some(token) = &signature.asyncness {
        let message = if returns.is_some() {
            "an `async fn` cannot be a task yet: a worker runs the body to its end; write a plain \
             `fn`, whose `Task` callers can `.await`"
        } else {
            "an `async fn` cannot be parallel yet: its loop would block the executor's thread; \
             write a plain `fn`"
        };
        errors.at(token, message);
    }
    if let Some(token) = &signature.constness {
        errors.at(token, "a `const fn` cannot start threads: remove `const`");
    }
    if let Some(abi) = &signature.abi {
        errors.at(
            abi,
            "an `extern` function must not unwind, and a parallel body that panics does: write a \
             plain `fn`, and call it from the `extern` one",
        );
    }
}

/// Refuses what cannot be a task: what borrows, what is unsafe, what does not fit a batch.
pub(super) fn check_task(
    signature: &Signature,
    returns: &TaskReturn,
    stack: &Stack,
    errors: &Errors,
) {
    if let Safety::Unsafe(token) = &signature.safety {
        errors.at(
            token,
            "an `unsafe fn` cannot be a task: what its caller promises would have to hold until \
             the task runs; write a plain `fn` with an `unsafe` block",
        );
    }
    let result = match returns {
        TaskReturn::Task(result) => Some(&**result),
        TaskReturn::Admission => None,
    };
    owned::check(signature, result, errors);
    if stack.layers.batched.is_some() {
        check_batch(signature, errors);
    }
}

/// A batched task gets each parameter as a `Vec`.
fn check_batch(signature: &Signature, errors: &Errors) {
    if signature.inputs.is_empty() {
        errors.at(
            &signature.ident,
            format!(
                "`{0}` has no parameter to gather into batches: write `fn {0}(events: Vec<Event>)`; \
                 callers write `{0}(event)`",
                signature.ident
            ),
        );
    }
    for input in &signature.inputs {
        match input {
            FnArg::Receiver(receiver) => errors.at(
                receiver,
                format!(
                    "a batch gathers calls of all receivers: write an associated function with \
                     `receivers: Vec<Arc<Self>>`, or a free function `{}`",
                    signature.ident
                ),
            ),
            FnArg::Typed(argument) if owned::only_argument(&argument.ty, "Vec").is_none() => {
                let name = argument.pat.to_token_stream();
                let declared = crate::diagnostics::readable(&argument.ty.to_token_stream());
                errors.at(
                    &argument.ty,
                    format!(
                        "a batched task gets what its callers passed as a `Vec`: write \
                         `{name}: Vec<{declared}>`; callers pass one `{declared}`"
                    ),
                );
            }
            FnArg::Typed(_) => {}
        }
    }
}

/// The first `Task<..>` or `Admission` inside a type that is neither.
pub(super) fn hidden_task(output: &ReturnType) -> Option<TypePath> {
    struct Search(Option<TypePath>);
    impl<'a> Visit<'a> for Search {
        fn visit_type_path(&mut self, node: &'a TypePath) {
            let tail = node.path.segments.last();
            if tail.is_some_and(|tail| tail.ident == "Task" || tail.ident == "Admission") {
                self.0.get_or_insert_with(|| node.clone());
            }
            visit::visit_type_path(self, node);
        }
    }
    let mut search = Search(None);
    search.visit_return_type(output);
    search.0
}

/// What to say of an item that is no function with a body.
pub(super) fn not_a_function(
    attribute: Layer,
    item: &TokenStream,
    error: syn::Error,
) -> syn::Error {
    let name = attribute.name();
    if let Ok(function) = syn::parse2::<TraitItemFn>(item.clone())
        && function.default.is_none()
    {
        return syn::Error::new_spanned(
            function.sig,
            format!(
                "`#[{name}]` needs a body to run: put it on the functions that implement this one"
            ),
        );
    }
    let what = item.clone().into_iter().skip_while(|token| {
        matches!(token, TokenTree::Punct(punct) if punct.as_char() == '#')
            || matches!(token, TokenTree::Group(_))
    });
    for token in what {
        let TokenTree::Ident(word) = &token else { break };
        let what = match word.to_string().as_str() {
            "struct" => "a struct",
            "enum" => "an enum",
            "union" => "a union",
            "trait" => "a trait",
            "impl" => "an `impl` block",
            "mod" => "a module",
            "type" => "a type alias",
            "static" => "a static",
            "use" => "an import",
            "macro_rules" => "a macro",
            "let" => "a `let` statement",
            "for" | "while" | "loop" => {
                return syn::Error::new_spanned(
                    &token,
                    format!(
                        "put `#[{name}]` on the function as well: it takes the attribute from \
                             the loop"
                    ),
                );
            }
            "pub" | "unsafe" => continue,
            // A function that does not parse, or a constant or constant function.
            _ => break,
        };
        return syn::Error::new_spanned(
            &token,
            format!("`#[{name}]` goes on functions, and this is {what}: put it on each function"),
        );
    }
    error
}
