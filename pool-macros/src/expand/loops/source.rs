//! The source of a loop whose items the workers take themselves.

use proc_macro2::{Ident, TokenStream};
use syn::{Expr, ExprMethodCall, parse_quote};

use super::spans::call_at;

use crate::analyse::names::Names;
use crate::analyse::source;

/// `source!(v.iter_mut()).enumerate()`: adapters that the driver applies itself stay outside.
/// `v.chunks_mut(n)` becomes one of them, because std's iterator over exclusive chunks cannot be
/// cut: `source!(v.iter_mut()).chunks_mut(n)`.
pub(super) fn source_expr(node: &Expr, private: &TokenStream, names: &Names) -> Expr {
    let mut node = names.restore_expr(node.clone());
    if source::chain_base(&node).is_none() {
        return Expr::Verbatim(call_at(private, "source", &node));
    }
    wrap(&mut node, private);
    node
}

fn wrap(node: &mut Expr, private: &TokenStream) {
    let base = &mut |base: &Expr| match base {
        Expr::MethodCall(call)
            if call.method == "chunks_mut" || call.method == "chunks_exact_mut" =>
        {
            let ExprMethodCall { receiver, method, args, .. } = call;
            let iter_mut = Ident::new("iter_mut", method.span());
            let exclusive: Expr = parse_quote!(#receiver.#iter_mut());
            let source = call_at(private, "source", &exclusive);
            parse_quote!(#source.#method(#args))
        }
        base => Expr::Verbatim(call_at(private, "source", base)),
    };
    source::wrap_base(node, base, &mut |other| {
        if source::chain_base(other).is_some() {
            wrap(other, private);
        } else {
            *other = Expr::Verbatim(call_at(private, "source", &other));
        }
    });
}
