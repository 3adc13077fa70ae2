//! Whether a source may have to stay on the calling thread.
//!
//! The kind of a source is chosen by its iterator's type: one that is `Send` is pulled by the
//! workers. But what a closure of the same function captures is not known to rustc when it chooses
//! (it takes the closure for `Send` and complains later), so that is found here: a closure that
//! captures a variable whose type might be neither, as far as the tokens tell, stays with the
//! caller. What the body uses too is shared with the workers anyway.

use std::collections::HashSet;

use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Expr, ExprClosure, GenericArgument, PatIdent, PathArguments, Type};

use super::names::{Names, Origin, Var};
use super::place::peel;

/// How far a variable is followed to what it was made from.
const DEPTH: u32 = 4;

/// Whether the iterator `source` may hold something that is not `Send`; `shared`: the variables
/// that the loop's body uses.
pub(super) fn may_stay(source: &Expr, names: &Names, shared: &HashSet<Var>) -> bool {
    let reach = Reach { names, shared };
    reach.holds(source, DEPTH)
}

struct Reach<'a> {
    names: &'a Names,
    shared: &'a HashSet<Var>,
}

impl Reach<'_> {
    /// Whether an iterator holds a closure that captures something doubtful.
    fn holds(&self, node: &Expr, depth: u32) -> bool {
        match peel(node) {
            Expr::Closure(closure) => self.captures(closure, depth),
            // The result owns its items.
            Expr::MethodCall(call) if call.method == "collect" || call.method == "to_vec" => false,
            Expr::MethodCall(call) => {
                self.holds(&call.receiver, depth)
                    || call.args.iter().any(|argument| self.holds(argument, depth))
            }
            Expr::Call(call) => call.args.iter().any(|argument| self.holds(argument, depth)),
            Expr::Reference(reference) => self.holds(&reference.expr, depth),
            Expr::Try(inner) => self.holds(&inner.expr, depth),
            Expr::Path(path) if depth > 0 => {
                match self.names.of_path(path).map(|var| &self.names.declared(var).origin) {
                    Some(Origin::Let { declared: None, value: Some(value) }) => {
                        self.holds(value, depth - 1)
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    fn captures(&self, closure: &ExprClosure, depth: u32) -> bool {
        let mut inside = Inside { names: self.names, declared: HashSet::new() };
        inside.visit_expr_closure(closure);
        self.names.in_tokens(&closure.to_token_stream()).into_iter().any(|(var, _)| {
            !inside.declared.contains(&var)
                && !self.shared.contains(&var)
                && !self.is_plain(var, depth)
        })
    }

    /// Whether a variable's type is `Send` and `Sync` for certain.
    fn is_plain(&self, var: Var, depth: u32) -> bool {
        match &self.names.declared(var).origin {
            Origin::Parameter(Some(declared)) | Origin::Let { declared: Some(declared), .. } => {
                plain_type(declared)
            }
            Origin::Let { value: Some(value), .. } if depth > 0 => {
                self.plain_value(value, depth - 1)
            }
            _ => false,
        }
    }

    fn plain_value(&self, node: &Expr, depth: u32) -> bool {
        match peel(node) {
            Expr::Lit(_) => true,
            Expr::Path(path) => {
                self.names.of_path(path).is_some_and(|var| self.is_plain(var, depth))
            }
            Expr::Cast(cast) => plain_type(&cast.ty),
            Expr::Unary(unary) => self.plain_value(&unary.expr, depth),
            Expr::Reference(reference) => self.plain_value(&reference.expr, depth),
            Expr::Binary(binary) => {
                self.plain_value(&binary.left, depth) && self.plain_value(&binary.right, depth)
            }
            Expr::Index(index) => self.plain_value(&index.expr, depth),
            Expr::Array(array) => array.elems.iter().all(|item| self.plain_value(item, depth)),
            Expr::Tuple(tuple) => tuple.elems.iter().all(|item| self.plain_value(item, depth)),
            Expr::Repeat(repeat) => self.plain_value(&repeat.expr, depth),
            Expr::MethodCall(call) => {
                ["len", "count", "to_string", "to_owned", "is_empty"]
                    .iter()
                    .any(|name| call.method == name)
                    || self.plain_value(&call.receiver, depth)
                        && call.args.iter().all(|argument| self.plain_value(argument, depth))
            }
            Expr::Macro(call) => call.mac.path.is_ident("format"),
            _ => false,
        }
    }
}

/// The types of the language and of the standard library that are `Send` and `Sync` if what they
/// hold is.
fn plain_type(declared: &Type) -> bool {
    const NAMES: [&str; 40] = [
        "bool",
        "char",
        "str",
        "String",
        "u8",
        "u16",
        "u32",
        "u64",
        "u128",
        "usize",
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "isize",
        "f32",
        "f64",
        "Vec",
        "VecDeque",
        "Option",
        "Result",
        "Box",
        "Arc",
        "HashMap",
        "HashSet",
        "BTreeMap",
        "BTreeSet",
        "BinaryHeap",
        "Path",
        "PathBuf",
        "OsStr",
        "OsString",
        "Duration",
        "Instant",
        "SystemTime",
        "Range",
        "RangeInclusive",
        "AtomicUsize",
        "AtomicU64",
    ];
    match declared {
        Type::Reference(reference) => plain_type(&reference.elem),
        Type::Slice(slice) => plain_type(&slice.elem),
        Type::Array(array) => plain_type(&array.elem),
        Type::Paren(inner) => plain_type(&inner.elem),
        Type::Group(inner) => plain_type(&inner.elem),
        Type::Tuple(tuple) => tuple.elems.iter().all(plain_type),
        Type::Path(path) if path.qself.is_none() => path.path.segments.last().is_some_and(|tail| {
            NAMES.iter().any(|name| tail.ident == name)
                && match &tail.arguments {
                    PathArguments::None => true,
                    PathArguments::AngleBracketed(arguments) => {
                        arguments.args.iter().all(|argument| match argument {
                            GenericArgument::Type(argument) => plain_type(argument),
                            GenericArgument::Lifetime(_) => true,
                            _ => false,
                        })
                    }
                    PathArguments::Parenthesized(_) => false,
                }
        }),
        _ => false,
    }
}

/// The variables that a closure declares itself.
struct Inside<'a> {
    names: &'a Names,
    declared: HashSet<Var>,
}

impl<'a> Visit<'a> for Inside<'_> {
    fn visit_pat_ident(&mut self, node: &'a PatIdent) {
        self.declared.extend(self.names.var(&node.ident));
        visit::visit_pat_ident(self, node);
    }
}
