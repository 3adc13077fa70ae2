//! Task mode: the arguments travel to a worker that may run after the caller has returned, so
//! they own what they hold.

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{
    FnArg, GenericArgument, Lifetime, ParenthesizedGenericArguments, PatType, PathArguments,
    Receiver, ReceiverKind, Signature, TraitBound, Type, TypeFnPtr, TypeReference,
};

use crate::diagnostics::Errors;

/// Refuses what borrows in the arguments and the result of a task function.
pub(super) fn check(signature: &Signature, result: Option<&Type>, errors: &Errors) {
    for input in &signature.inputs {
        match input {
            FnArg::Receiver(receiver) => check_receiver(receiver, errors),
            FnArg::Typed(argument) => check_argument(argument, errors),
        }
    }
    if let Some(result) = result
        && let Some(borrow) = first_borrow(result)
    {
        let instead = borrow.owned();
        errors.at(
            borrow.tokens(),
            format!("a task's result must own its data: write `Task<{instead}>`"),
        );
    }
}

fn check_receiver(receiver: &Receiver, errors: &Errors) {
    let written = receiver.to_token_stream();
    match &receiver.kind {
        ReceiverKind::Value => {}
        ReceiverKind::Reference(_, _, None) => errors.at(
            written,
            "a task may outlive the borrow in `&self`: write `self: Arc<Self>`, and call it on a \
             clone of the `Arc`",
        ),
        ReceiverKind::Reference(_, _, Some(_)) => errors.at(
            written,
            "a task may outlive the borrow in `&mut self`: write `self: Arc<Self>`, with a `Mutex` \
             around what changes",
        ),
        ReceiverKind::Typed(_, declared) => {
            if let Some(borrow) = first_borrow(declared) {
                errors.at(
                    borrow.tokens(),
                    "a task may outlive the borrow in this receiver: write `self: Arc<Self>`",
                );
            }
        }
        _ => {}
    }
}

fn check_argument(argument: &PatType, errors: &Errors) {
    let Some(borrow) = first_borrow(&argument.ty) else { return };
    let name = argument.pat.to_token_stream();
    let whole = borrow.is(&argument.ty);
    let message = match &borrow {
        Borrow::Reference(reference) if reference.mutability.is_some() => format!(
            "`{name}` is borrowed, and a task may outlive it: return the changed value from the \
             task, or share it as `Arc<Mutex<{}>>`",
            text(&reference.elem)
        ),
        borrow if whole => {
            format!(
                "`{name}` is borrowed, and a task may outlive it: write `{name}: {}`",
                borrow.owned()
            )
        }
        borrow => format!(
            "`{name}` holds a borrow, and a task may outlive it: write `{}` here",
            borrow.owned()
        ),
    };
    errors.at(borrow.tokens(), message);
}

/// Something in a type that is not `'static`.
enum Borrow<'a> {
    Reference(&'a TypeReference),
    /// A lifetime argument or bound.
    Lifetime(&'a Lifetime),
}

impl Borrow<'_> {
    /// What to underline.
    fn tokens(&self) -> proc_macro2::TokenStream {
        match self {
            Self::Reference(reference) => reference.to_token_stream(),
            Self::Lifetime(lifetime) => lifetime.to_token_stream(),
        }
    }

    /// Whether the borrow is the whole of `declared`.
    fn is(&self, declared: &Type) -> bool {
        match (self, declared) {
            (Self::Reference(reference), Type::Reference(whole)) => std::ptr::eq(*reference, whole),
            _ => false,
        }
    }

    /// The type to write instead.
    fn owned(&self) -> String {
        match self {
            Self::Reference(reference) => owned(&reference.elem),
            Self::Lifetime(..) => "'static".to_owned(),
        }
    }
}

/// The owned twin of a borrowed type.
fn owned(borrowed: &Type) -> String {
    match borrowed {
        Type::Slice(slice) => format!("Vec<{}>", text(&slice.elem)),
        Type::TraitObject(object) => format!("Arc<{}>", text(object)),
        Type::Path(path) => {
            let tail = path.path.segments.last().map(|segment| segment.ident.to_string());
            match tail.as_deref() {
                Some("str") => "String".to_owned(),
                Some("Path") => "PathBuf".to_owned(),
                Some("OsStr") => "OsString".to_owned(),
                Some("CStr") => "CString".to_owned(),
                Some("Self") => "Arc<Self>".to_owned(),
                _ => text(path),
            }
        }
        Type::Paren(inner) => owned(&inner.elem),
        Type::Group(inner) => owned(&inner.elem),
        other => text(other),
    }
}

/// Tokens as somebody would write them.
fn text(tokens: impl ToTokens) -> String {
    crate::diagnostics::readable(&tokens.to_token_stream())
}

/// The first part of a type that borrows for less than `'static`.
fn first_borrow(declared: &Type) -> Option<Borrow<'_>> {
    let mut search = Search { found: None };
    search.visit_type(declared);
    search.found
}

struct Search<'a> {
    found: Option<Borrow<'a>>,
}

impl<'a> Visit<'a> for Search<'a> {
    fn visit_type_reference(&mut self, node: &'a TypeReference) {
        match &node.lifetime {
            Some(lifetime) if lifetime.ident == "static" => self.visit_type(&node.elem),
            _ => {
                self.found.get_or_insert(Borrow::Reference(node));
            }
        }
    }

    fn visit_lifetime(&mut self, node: &'a Lifetime) {
        if node.ident != "static" {
            self.found.get_or_insert(Borrow::Lifetime(node));
        }
    }

    // Borrows in the arguments of functions and closures are theirs: `fn(&str)`, `Fn(&str)`.
    fn visit_type_fn_ptr(&mut self, _: &'a TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments(&mut self, _: &'a ParenthesizedGenericArguments) {}

    // `for<'a> Trait<'a>`: whatever borrows there is bound there, or has been declared outside
    // and shows elsewhere.
    fn visit_trait_bound(&mut self, node: &'a TraitBound) {
        if node.lifetimes.is_none() {
            visit::visit_trait_bound(self, node);
        }
    }
}

/// The only type argument of a type named `name`: `A` of `Vec<A>`.
pub(crate) fn only_argument<'a>(declared: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = super::signature::peel(declared) else { return None };
    let tail = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &tail.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(argument) if tail.ident == name && arguments.args.len() == 1 => {
            Some(argument)
        }
        _ => None,
    }
}
