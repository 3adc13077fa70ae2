//! The function's declared return type, as the body's closure needs it.

use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{GenericArgument, PathArguments, ReturnType, Type, TypeParamBound, parse_quote};

use crate::model::PRIMITIVES;

/// The type that a body leaves with.
pub(super) struct Returns {
    /// The declared type; `impl Trait` is `()`, and a boxed error can travel between threads.
    pub(super) travels: Type,
    /// Whether the type holds an `impl Trait`, which has no name.
    pub(super) unnamed: bool,
    /// Whether the error is a `Box<dyn Error>` that was made to travel.
    pub(super) boxed: bool,
}

impl Returns {
    /// From the return type as it was declared.
    pub(super) fn of(output: &ReturnType) -> Self {
        let mut travels: Type = match output {
            ReturnType::Default => parse_quote!(()),
            ReturnType::Type(_, declared) => (**declared).clone(),
        };
        let mut replace = Replace { unnamed: false };
        replace.visit_type_mut(&mut travels);
        let boxed = error_of(&mut travels).is_some_and(send_box);
        Self { travels, unnamed: replace.unnamed, boxed }
    }
}

struct Replace {
    unnamed: bool,
}

impl VisitMut for Replace {
    fn visit_type_mut(&mut self, node: &mut Type) {
        if matches!(node, Type::ImplTrait(_)) {
            self.unnamed = true;
            *node = parse_quote!(());
            return;
        }
        visit_mut::visit_type_mut(self, node);
    }
}

/// The `E` of `Result<T, E>`.
fn error_of(declared: &mut Type) -> Option<&mut Type> {
    let Type::Path(path) = declared else { return None };
    let last = path.path.segments.last_mut()?;
    if last.ident != "Result" {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &mut last.arguments else { return None };
    match arguments.args.iter_mut().nth(1)? {
        GenericArgument::Type(error) => Some(error),
        _ => None,
    }
}

/// Makes `Box<dyn Error>` a `Box<dyn Error + Send + Sync>`.
fn send_box(error: &mut Type) -> bool {
    let Type::Path(path) = error else { return false };
    let Some(last) = path.path.segments.last_mut() else { return false };
    if last.ident != "Box" {
        return false;
    }
    let PathArguments::AngleBracketed(arguments) = &mut last.arguments else { return false };
    let Some(GenericArgument::Type(Type::TraitObject(object))) = arguments.args.first_mut() else {
        return false;
    };
    let named = |bound: &TypeParamBound, name: &str| {
        matches!(bound, TypeParamBound::Trait(bound)
            if bound.path.segments.last().is_some_and(|last| last.ident == name))
    };
    let is_error = object.bounds.iter().any(|bound| named(bound, "Error"));
    let travels = object.bounds.iter().any(|bound| named(bound, "Send"));
    if !is_error || travels {
        return false;
    }
    object.bounds.push(parse_quote!(::core::marker::Send));
    if !object.bounds.iter().any(|bound| named(bound, "Sync")) {
        object.bounds.push(parse_quote!(::core::marker::Sync));
    }
    true
}

/// Whether `?` can leave a function with this return type, as far as its syntax tells.
pub(super) fn takes_question_mark(output: &ReturnType) -> bool {
    match output {
        ReturnType::Default => false,
        ReturnType::Type(_, declared) => {
            let mut declared = &**declared;
            while let Type::Group(syn::TypeGroup { elem, .. })
            | Type::Paren(syn::TypeParen { elem, .. }) = declared
            {
                declared = elem;
            }
            match declared {
                Type::Path(path) => path.path.segments.last().is_none_or(|last| {
                    !PRIMITIVES.iter().any(|name| last.ident == name)
                        && !matches!(last.ident.to_string().as_str(), "Vec" | "String" | "HashMap")
                }),
                Type::Macro(_) | Type::ImplTrait(_) => true,
                _ => false,
            }
        }
    }
}

impl ToTokens for Returns {
    fn to_tokens(&self, tokens: &mut proc_macro2::TokenStream) {
        let travels = &self.travels;
        tokens.extend(quote!(#travels));
    }
}
