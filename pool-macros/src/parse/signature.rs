//! What a signature alone decides: the mode, and what cannot be.

use proc_macro2::TokenStream;
use syn::{GenericArgument, PathArguments, ReturnType, Signature, Type};

use crate::diagnostics::Errors;
use crate::model::{Layer, TaskReturn};

/// Task mode: the declared return type is `Task<T>` or `Admission`, by whatever path.
pub(super) fn task_return(output: &ReturnType) -> Option<TaskReturn> {
    let ReturnType::Type(_, declared) = output else { return None };
    let Type::Path(path) = peel(declared) else { return None };
    let tail = path.path.segments.last()?;
    match &tail.arguments {
        PathArguments::None if tail.ident == "Admission" => Some(TaskReturn::Admission),
        PathArguments::AngleBracketed(arguments) if tail.ident == "Task" => {
            match arguments.args.first()? {
                GenericArgument::Type(value) if arguments.args.len() == 1 => {
                    Some(TaskReturn::Task(Box::new(value.clone())))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn peel(mut declared: &Type) -> &Type {
    loop {
        match declared {
            Type::Group(group) => declared = &group.elem,
            Type::Paren(paren) => declared = &paren.elem,
            _ => return declared,
        }
    }
}

/// Refuses the functions that cannot be parallel, whatever their bodies are.
pub(super) fn check(signature: &Signature, _task: bool, errors: &Errors) {
    if let Some(token) = &signature.asyncness {
        errors.at(
            token,
            "an `async fn` cannot be parallel yet: its body would block the executor's thread; \
             write a plain `fn`",
        );
    }
    if let Some(token) = &signature.constness {
        errors.at(token, "a `const fn` cannot start threads: remove `const`");
    }
    if let Some(abi) = &signature.abi {
        errors.at(
            abi,
            "an `extern` function must not unwind, and a panic in a parallel body does: call a \
             plain `fn` from it",
        );
    }
}

/// What to say of an item that is no function with a body.
pub(super) fn not_a_function(
    attribute: Layer,
    item: &TokenStream,
    error: Option<syn::Error>,
) -> syn::Error {
    let _ = (attribute, item);
    error.unwrap_or_else(|| syn::Error::new_spanned(item, "expected a function"))
}
