//! `x = x + e` where `x` cannot be moved out of, as a closure around the body must leave it behind.
//!
//! ```text
//! from: text = text + &line?;
//! into: text = taken!(text) + &line?;
//! ```

use proc_macro2::TokenStream;
use syn::{BinOp, Expr, ExprAssign, parse_quote};

use crate::analyse::place::same;

/// Takes the old value where the right side moves it.
pub(super) fn take(assign: &mut ExprAssign, private: &TokenStream) {
    let left = &assign.left;
    if let Some(old) = moved(&mut assign.right, &|node| same(node, left)) {
        *old = parse_quote!(#private::taken!(#old));
    }
}

/// The operand or argument that is the old value.
fn moved<'e>(node: &'e mut Expr, is_old: &dyn Fn(&Expr) -> bool) -> Option<&'e mut Expr> {
    if is_old(node) {
        return Some(node);
    }
    match node {
        Expr::Paren(paren) => moved(&mut paren.expr, is_old),
        Expr::Group(group) => moved(&mut group.expr, is_old),
        Expr::Binary(binary) if by_value(&binary.op) => {
            moved(&mut binary.left, is_old).or_else(|| moved(&mut binary.right, is_old))
        }
        Expr::MethodCall(call) => {
            // Other methods may borrow what they are called on.
            let extremum = call.method == "min" || call.method == "max";
            let receiver = extremum.then(|| moved(&mut call.receiver, is_old)).flatten();
            receiver.or_else(|| call.args.iter_mut().find_map(|argument| moved(argument, is_old)))
        }
        Expr::Call(call) => call.args.iter_mut().find_map(|argument| moved(argument, is_old)),
        _ => None,
    }
}

/// Whether an operator moves its operands.
fn by_value(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::Add(_)
            | BinOp::Sub(_)
            | BinOp::Mul(_)
            | BinOp::Div(_)
            | BinOp::Rem(_)
            | BinOp::BitXor(_)
            | BinOp::BitAnd(_)
            | BinOp::BitOr(_)
            | BinOp::Shl(_)
            | BinOp::Shr(_)
    )
}
