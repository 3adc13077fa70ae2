//! What a loop runs over, as far as its syntax tells: which adapters the driver can apply itself,
//! and which variable is a position.

use std::collections::HashSet;

use quote::ToTokens;
use syn::{Expr, ExprMethodCall, Pat, PatIdent};

use super::names::{Names, Var};
use super::place::peel;

/// What the source of a loop says about it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    /// The loop variable that is a different index in every iteration: that of a range, or the
    /// counter of `enumerate`.
    pub(crate) index: Option<Var>,
    /// The variables that it names.
    pub(crate) names: HashSet<Var>,
    /// The calling thread asks it, by the user's word, and hands the items over.
    pub(crate) streamed: bool,
}

/// The adapters that the driver applies to the parts of a source.
fn adapter(call: &ExprMethodCall) -> bool {
    matches!(
        (call.method.to_string().as_str(), call.args.len()),
        ("enumerate" | "rev" | "copied" | "cloned", 0) | ("zip" | "step_by" | "skip" | "take", 1)
    )
}

/// The methods of std's containers that give an iterator which is cut by index.
fn base(call: &ExprMethodCall) -> bool {
    matches!(
        (call.method.to_string().as_str(), call.args.len()),
        ("iter" | "iter_mut" | "into_iter", 0)
            | ("chunks" | "chunks_exact" | "chunks_mut" | "chunks_exact_mut" | "windows", 1)
    )
}

/// The part of an adapter chain that is a source of its own; `None` if the chain is not one whose
/// adapters are std's.
pub(crate) fn chain_base(node: &Expr) -> Option<&Expr> {
    match peel(node) {
        Expr::MethodCall(call) if adapter(call) => chain_base(&call.receiver),
        Expr::MethodCall(call) if base(call) => Some(node),
        Expr::Range(_) => Some(node),
        _ => None,
    }
}

/// Puts what `wrap` makes of the base of a chain in the base's place; `zipped` gets what stands in
/// the parentheses of a `zip`.
pub(crate) fn wrap_base(
    node: &mut Expr,
    wrap: &mut dyn FnMut(&Expr) -> Expr,
    zipped: &mut dyn FnMut(&mut Expr),
) {
    match node {
        Expr::Group(group) => wrap_base(&mut group.expr, wrap, zipped),
        Expr::Paren(paren) if matches!(peel(&paren.expr), Expr::MethodCall(_)) => {
            wrap_base(&mut paren.expr, wrap, zipped);
        }
        Expr::MethodCall(call) if adapter(call) => {
            if call.method == "zip" {
                call.args.iter_mut().for_each(&mut *zipped);
            }
            wrap_base(&mut call.receiver, wrap, zipped);
        }
        base => *base = wrap(peel(base)),
    }
}

/// What the source `node` of `for pattern in node` says.
pub(crate) fn of_for(pattern: &Pat, node: &Expr, names: &Names) -> Source {
    Source {
        index: index(pattern, node, names),
        streamed: false,
        names: names.in_tokens(&node.to_token_stream()).into_iter().map(|(var, _)| var).collect(),
    }
}

/// The variable of a pattern that is nothing but a name.
fn plain(pattern: &Pat, names: &Names) -> Option<Var> {
    match pattern {
        Pat::Ident(PatIdent { by_ref: None, mutability: None, subpat: None, ident, .. }) => {
            names.var(ident)
        }
        Pat::Paren(paren) => plain(&paren.pat, names),
        Pat::Type(typed) => plain(&typed.pat, names),
        _ => None,
    }
}

fn index(pattern: &Pat, node: &Expr, names: &Names) -> Option<Var> {
    match (peel(node), pattern) {
        (_, Pat::Paren(paren)) => index(&paren.pat, node, names),
        (Expr::Range(_), _) => plain(pattern, names),
        (Expr::MethodCall(call), Pat::Tuple(tuple))
            if call.method == "enumerate" && tuple.elems.len() == 2 && adapter(call) =>
        {
            chain_base(&call.receiver)?;
            plain(&tuple.elems[0], names)
        }
        (Expr::MethodCall(call), _)
            if adapter(call)
                && ["rev", "step_by", "skip", "take"].iter().any(|name| call.method == name) =>
        {
            match peel(&call.receiver) {
                Expr::Range(_) | Expr::MethodCall(_) => index(pattern, &call.receiver, names),
                _ => None,
            }
        }
        _ => None,
    }
}
