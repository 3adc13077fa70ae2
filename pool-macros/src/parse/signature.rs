//! What a signature alone decides: the mode, and what cannot be.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    AngleBracketedGenericArguments, Attribute, FnArg, GenericArgument, Ident, Path, PathArguments,
    PathSegment, ReturnType, Safety, Signature, Token, TraitItemFn, Type, TypeImplTrait, TypeInfer,
    TypePath,
};

use super::owned;
use crate::diagnostics::Errors;
use crate::model::{Layer, Stack, TaskReturn};

/// Task mode: the declared return type is `Task<T>` or `Admission`, by whatever path.
pub(super) fn task_return(output: &ReturnType) -> Option<TaskReturn> {
    let ReturnType::Type(_, declared) = output else { return None };
    let Type::Path(path) = peel(declared) else { return None };
    let tail = path.path.segments.last()?;
    // Other numbers of parameters than they have are for rustc to explain.
    if tail.ident == "Admission" {
        return Some(TaskReturn::Admission);
    }
    if tail.ident != "Task" {
        return None;
    }
    let value = match &tail.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.first(),
        _ => None,
    };
    Some(TaskReturn::Task(Box::new(match value {
        Some(GenericArgument::Type(value)) => value.clone(),
        _ => Type::Infer(TypeInfer {
            attrs: Vec::new(),
            underscore_token: Token![_](tail.ident.span()),
        }),
    })))
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

/// The type of a task's body; `None` where it need not, or cannot, be written.
///
/// The body of a batched task returns for all items at once: nothing, `Vec<R>`, `Result<(), E>`
/// or `Result<Vec<R>, E>` where callers get `Task<()>`, `Task<R>`, `Task<Result<(), E>>` or
/// `Task<Result<R, E>>`.
pub(crate) fn body_type(returns: &TaskReturn, batched: bool) -> Option<Type> {
    let TaskReturn::Task(one) = returns else { return None };
    if has_hidden(one) {
        return None;
    }
    if is_unit(one) {
        // Not the user's tokens: nobody is to be told that `-> ()` need not be written.
        let span = Span::mixed_site().located_at(one.span());
        return Some(unit(span));
    }
    let one = peel(one).clone();
    if !batched {
        return Some(one);
    }
    if let Type::Path(mut path) = one.clone()
        && let Some(tail) = path.path.segments.last_mut()
        && tail.ident == "Result"
        && let PathArguments::AngleBracketed(arguments) = &mut tail.arguments
        && let Some(GenericArgument::Type(success)) = arguments.args.first_mut()
    {
        if !is_unit(success) {
            *success = vec_of(success.clone());
        }
        return Some(Type::Path(path));
    }
    Some(vec_of(one))
}

fn unit(span: Span) -> Type {
    let mut nothing = Group::new(Delimiter::Parenthesis, TokenStream::new());
    nothing.set_span(span);
    Type::Verbatim(TokenTree::from(nothing).into())
}

/// `::std::vec::Vec<item>`.
fn vec_of(item: Type) -> Type {
    let span = item.span();
    let mut path = Path {
        leading_colon: Some(Token![::](span)),
        segments: ["std", "vec", "Vec"]
            .into_iter()
            .map(|name| PathSegment::from(Ident::new(name, span)))
            .collect(),
    };
    if let Some(tail) = path.segments.last_mut() {
        tail.arguments = PathArguments::AngleBracketed(AngleBracketedGenericArguments {
            colon2_token: None,
            lt_token: Token![<](span),
            args: std::iter::once(GenericArgument::Type(item)).collect(),
            gt_token: Token![>](span),
        });
    }
    Type::Path(TypePath { attrs: Vec::new(), qself: None, path })
}

fn is_unit(declared: &Type) -> bool {
    matches!(peel(declared), Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// Whether a type has parts that only the body knows: `impl Trait`, `_`.
fn has_hidden(declared: &Type) -> bool {
    struct Search(bool);
    impl<'a> Visit<'a> for Search {
        fn visit_type_impl_trait(&mut self, _: &'a TypeImplTrait) {
            self.0 = true;
        }
        fn visit_type_infer(&mut self, _: &'a TypeInfer) {
            self.0 = true;
        }
    }
    let mut search = Search(false);
    search.visit_type(declared);
    search.0
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
    check_parameters(signature, errors);
    if stack.layers.batched.is_some() {
        check_batch(signature, errors);
    }
}

/// The most parameters that a task function may have.
const MOST_PARAMETERS: usize = 12;

/// Refuses parameters that the queue cannot hold.
fn check_parameters(signature: &Signature, errors: &Errors) {
    if let Some(extra) = signature.inputs.iter().nth(MOST_PARAMETERS) {
        errors.at(
            extra,
            format!(
                "a task function has at most {MOST_PARAMETERS} parameters: put some of them \
                     into a struct"
            ),
        );
    }
    for input in &signature.inputs {
        let attributes: &[Attribute] = match input {
            FnArg::Receiver(receiver) => &receiver.attrs,
            FnArg::Typed(argument) => &argument.attrs,
        };
        for attribute in attributes {
            if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
                errors.at(
                    attribute,
                    "a parameter of a task function cannot be conditional: put `#[cfg]` on two \
                     versions of the function",
                );
            }
        }
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
            // What borrows has been refused, with the same advice.
            FnArg::Typed(argument) if matches!(peel(&argument.ty), Type::Reference(_)) => {}
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
pub(crate) fn hidden_task(output: &ReturnType) -> Option<TypePath> {
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
    let mut words = item.clone().into_iter().skip_while(|token| {
        matches!(token, TokenTree::Punct(punct) if punct.as_char() == '#')
            || matches!(token, TokenTree::Group(_))
    });
    let Some(TokenTree::Ident(mut word)) = words.next() else { return error };
    while word == "pub" || word == "unsafe" {
        match words.find(|token| !matches!(token, TokenTree::Group(_))) {
            Some(TokenTree::Ident(next)) => word = next,
            _ => return error,
        }
    }
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
        "const" if !matches!(words.next(), Some(TokenTree::Ident(next)) if is_qualifier(&next)) => {
            "a constant"
        }
        "for" | "while" | "loop" | "let" => {
            return syn::Error::new_spanned(
                &word,
                format!(
                    "put `#[{name}]` on the function around this as well: it is the function's \
                         attribute that reads the ones on its loops"
                ),
            );
        }
        // A function that does not parse.
        _ => return error,
    };
    syn::Error::new_spanned(
        &word,
        format!("`#[{name}]` goes on functions, and this is {what}: put it on each function"),
    )
}

/// Whether a word that follows `const` says that a function comes.
pub(crate) fn is_qualifier(word: &Ident) -> bool {
    ["fn", "async", "unsafe", "extern"].iter().any(|qualifier| word == qualifier)
}
