//! What a value is, by the way it is written: nothing, one, a constant.

use syn::{Expr, ExprLit, ExprPath, Lit};

use super::place::{peel, text};

const CONTAINERS: [&str; 9] = [
    "Vec",
    "VecDeque",
    "String",
    "HashMap",
    "HashSet",
    "BTreeMap",
    "BTreeSet",
    "LinkedList",
    "BinaryHeap",
];

/// Whether `Vec::new`, `std::vec::Vec::<T>::new` .. is a function of one of std's containers.
pub(super) fn is_known_container(path: &str) -> bool {
    path.split("::").any(|segment| CONTAINERS.contains(&segment))
}

/// `Vec::new()`, `String::with_capacity(16)`, `vec![]`, `String::from("")`.
pub(super) fn is_empty_value(value: &Expr) -> bool {
    match peel(value) {
        Expr::Call(call) => {
            let name = text(&call.func).replace(' ', "");
            is_known_container(&name)
                && (name.ends_with("::new") || name.ends_with("::with_capacity"))
        }
        Expr::Macro(node) => node.mac.path.is_ident("vec") && node.mac.tokens.is_empty(),
        _ => false,
    }
}

/// `Default::default()`, `u64::default()`, `Vec::default()`.
pub(super) fn is_default_call(value: &Expr) -> bool {
    let Expr::Call(call) = peel(value) else { return false };
    if !call.args.is_empty() {
        return false;
    }
    let name = text(&call.func).replace(' ', "");
    let Some(owner) = name.strip_suffix("::default") else { return false };
    let owner = owner.rsplit("::").next().unwrap_or(owner);
    owner == "Default"
        || CONTAINERS.contains(&owner)
        || matches!(
            owner,
            "u8" | "u16"
                | "u32"
                | "u64"
                | "u128"
                | "usize"
                | "i8"
                | "i16"
                | "i32"
                | "i64"
                | "i128"
                | "isize"
                | "f32"
                | "f64"
                | "bool"
        )
}

fn number(value: &Expr) -> Option<f64> {
    match peel(value) {
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) => int.base10_parse::<u64>().ok().map(|n| {
            #[allow(clippy::cast_precision_loss, reason = "compared with 0 and 1")]
            let n = n as f64;
            n
        }),
        Expr::Lit(ExprLit { lit: Lit::Float(float), .. }) => float.base10_parse().ok(),
        Expr::Cast(cast) => number(&cast.expr),
        _ => None,
    }
}

#[allow(clippy::float_cmp, reason = "literals")]
pub(super) fn is_zero(value: &Expr) -> bool {
    number(value) == Some(0.0)
        || matches!(
            text(peel(value)).replace(' ', "").as_str(),
            "Duration::ZERO" | "std::time::Duration::ZERO"
        )
}

#[allow(clippy::float_cmp, reason = "literals")]
pub(super) fn is_one(value: &Expr) -> bool {
    number(value) == Some(1.0)
}

pub(super) fn is_bool(value: &Expr, wanted: bool) -> bool {
    matches!(peel(value), Expr::Lit(ExprLit { lit: Lit::Bool(found), .. }) if found.value == wanted)
}

/// Whether a value is the same each time it is computed, by the way it is written: a literal, a
/// constant (`f64::INFINITY`, `MAX`), an empty container, a default, or made of such; `invariant`
/// says so of variables.
pub(super) fn is_constant(value: &Expr, invariant: &dyn Fn(&ExprPath) -> bool) -> bool {
    let constant = |part: &Expr| is_constant(part, invariant);
    match peel(value) {
        Expr::Lit(_) => true,
        Expr::Unary(unary) => constant(&unary.expr),
        Expr::Reference(reference) => reference.mutability.is_none() && constant(&reference.expr),
        Expr::Cast(cast) => constant(&cast.expr),
        Expr::Binary(binary) => {
            !super::forms::is_assignment(&binary.op)
                && constant(&binary.left)
                && constant(&binary.right)
        }
        Expr::Field(field) => constant(&field.base),
        Expr::Tuple(tuple) => tuple.elems.iter().all(constant),
        Expr::Struct(node) => {
            node.fields.iter().all(|field| constant(&field.expr))
                && node.rest.as_deref().is_none_or(constant)
        }
        Expr::Block(block) if block.label.is_none() => {
            matches!(block.block.stmts.as_slice(), [syn::Stmt::Expr(only, None)] if constant(only))
        }
        Expr::Array(array) => array.elems.iter().all(constant),
        Expr::Repeat(repeat) => constant(&repeat.expr) && constant(&repeat.len),
        Expr::Path(path) => is_constant_path(path) || invariant(path),
        Expr::Call(call) => {
            is_empty_value(value)
                || is_default_call(value)
                || is_conventional(call)
                || is_conversion(call) && call.args.iter().all(constant)
                || matches!(peel(&call.func), Expr::Path(path) if is_constructor(path))
                    && call.args.iter().all(constant)
        }
        Expr::MethodCall(call) => {
            call.args.is_empty()
                && ["to_string", "to_owned", "into", "clone"].iter().any(|name| call.method == name)
                && constant(&call.receiver)
        }
        Expr::Macro(node) if node.mac.path.is_ident("vec") => {
            is_empty_value(value)
                || super::macros::arguments(&node.mac).is_some_and(|all| all.iter().all(constant))
        }
        _ => false,
    }
}

/// `MAX`, `f64::INFINITY`, `None`.
fn is_constant_path(path: &ExprPath) -> bool {
    path.path.segments.last().is_some_and(|last| {
        let name = last.ident.to_string();
        name == "None"
            || name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
    })
}

/// `Some`, `Reverse`, `Wrapping`: what is called like a type.
fn is_constructor(path: &ExprPath) -> bool {
    path.path
        .segments
        .last()
        .is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase))
}

/// `String::from`, `Decimal::from`.
fn is_conversion(call: &syn::ExprCall) -> bool {
    matches!(peel(&call.func), Expr::Path(path)
        if path.path.segments.len() > 1
            && path.path.segments.last().is_some_and(|last| last.ident == "from"))
}

/// `Stats::new()`, `Stats::default()`: what takes nothing and is called like a constructor.
fn is_conventional(call: &syn::ExprCall) -> bool {
    let Expr::Path(path) = peel(&call.func) else { return false };
    let mut names = path.path.segments.iter().rev().map(|segment| segment.ident.to_string());
    call.args.is_empty()
        && names.next().is_some_and(|name| name == "new" || name == "default")
        && names.next().is_some_and(|owner| owner.starts_with(char::is_uppercase))
}
