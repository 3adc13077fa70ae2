//! The function's declared return type, as the body's closure needs it.

use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{
    GenericArgument, Path, PathArguments, PathSegment, ReturnType, Type, TypeParamBound,
    parse_quote,
};

use crate::model::PRIMITIVES;

/// The type that a body leaves with.
pub(super) struct Returns {
    /// The declared type; `impl Trait` is `()`, and a boxed error can travel between threads.
    pub(super) travels: Type,
    /// Whether the type holds an `impl Trait`, which has no name.
    pub(super) unnamed: bool,
    /// Whether the error is a `Box<dyn Error>` that was made to travel.
    pub(super) boxed: bool,
    /// Whether the type may be a name for something with such an error.
    pub(super) alias: Option<Alias>,
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
        let alias = if replace.unnamed { None } else { Alias::of(&travels) };
        Self { travels, unnamed: replace.unnamed, boxed, alias }
    }
}

/// A type that may be another name for `Result<T, Box<dyn Error>>`.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Alias {
    /// It is called a result, as in `type Result<T> = std::result::Result<T, Box<dyn Error>>`.
    Result,
    /// If it is a result at all, which `?` in the body tells.
    Unknown,
}

impl Alias {
    fn of(declared: &Type) -> Option<Self> {
        let Type::Path(path) = declared else { return None };
        if path.qself.is_some() {
            return None;
        }
        let segments = &path.path.segments;
        let last = segments.last()?;
        let name = last.ident.to_string();
        if name == "Result" {
            let aliased = match error_argument(last) {
                None => !of_std(&path.path),
                Some(Type::Path(error)) => may_be_boxed(&error.path),
                Some(_) => false,
            };
            return aliased.then_some(Self::Result);
        }
        if name == "Option" || PRIMITIVES.contains(&name.as_str()) {
            return None;
        }
        Some(if name.contains("Res") { Self::Result } else { Self::Unknown })
    }
}

/// The `E` of `Result<T, E>`, where it is given.
fn error_argument(result: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(given) = &result.arguments else { return None };
    given
        .args
        .iter()
        .filter_map(|one| if let GenericArgument::Type(one) = one { Some(one) } else { None })
        .nth(1)
}

/// Whether this is `io::Error`, `fmt::Result` and the like.
fn of_std(path: &Path) -> bool {
    let module = path.segments.iter().rev().nth(1);
    module.is_some_and(|module| module.ident == "io" || module.ident == "fmt")
}

/// Whether an error type is called as names for boxed errors are, and is of this crate: `Error`,
/// `BoxError`, `E`.
fn may_be_boxed(error: &Path) -> bool {
    error.segments.last().is_some_and(|last| {
        let name = last.ident.to_string();
        let called = matches!(name.as_str(), "Error" | "Err" | "E")
            || (name != "Box" && (name.contains("Box") || name.contains("Dyn")));
        let own = error.segments.len() == 1
            || error.segments.first().is_some_and(|first| {
                ["crate", "self", "super"].iter().any(|word| first.ident == word)
            });
        called && last.arguments.is_none() && own
    })
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
