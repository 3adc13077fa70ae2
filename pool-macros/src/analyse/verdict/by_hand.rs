//! What the attribute says of a variable: `reduce(x)`, `reduce(x: +)`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Expr;

use super::{Accumulator, Context, Kind, Member, Root};
use crate::analyse::forms::{Leaf, Op};
use crate::analyse::place::{Place, peel};
use crate::analyse::uses::{Act, Uses};
use crate::model::{Reduce, ReduceOp};

/// `reduce(x)` for an `x` that the body does not mention.
pub(super) fn by_hand_unused(context: &Context<'_>, uses: &Uses) {
    for reduce in by_hand(context) {
        let name = root_name(&reduce.place);
        let used = uses.mentions.iter().any(|mention| {
            name.as_deref() == Some(context.names.name(mention.target.place.root).as_str())
        });
        if !used {
            context.errors.at(
                &reduce.place,
                format!(
                    "`{}` is not used in the loop: `reduce` names a variable that the body changes",
                    reduce.place.to_token_stream()
                ),
            );
        }
    }
}

fn by_hand<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a Reduce> {
    context.keys.reduce.iter().flat_map(|reduce| &reduce.value)
}

/// The variable at the root of a place that the user wrote in an attribute.
fn root_name(place: &Expr) -> Option<String> {
    match peel(place) {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        Expr::Field(field) => root_name(&field.base),
        Expr::Unary(unary) => root_name(&unary.expr),
        _ => None,
    }
}

/// The fields of such a place, and whether a `*` stands before all of it.
fn shape_of(place: &Expr) -> (Vec<String>, bool) {
    match peel(place) {
        Expr::Field(field) => {
            let (mut fields, _) = shape_of(&field.base);
            fields.push(field.member.to_token_stream().to_string());
            (fields, false)
        }
        Expr::Unary(unary) => (shape_of(&unary.expr).0, true),
        _ => (Vec::new(), false),
    }
}

impl Root<'_, '_> {
    /// `reduce(..)` names this variable, or a part of it.
    pub(super) fn by_hand(&mut self) -> bool {
        let name = self.name();
        let mut any = false;
        let reductions: Vec<&Reduce> = by_hand(self.context)
            .filter(|reduce| root_name(&reduce.place).as_deref() == Some(name.as_str()))
            .collect();
        for reduce in reductions {
            let (fields, deref) = shape_of(&reduce.place);
            let place = Place { root: self.root, fields };
            let Some(mention) =
                self.mentions.iter().find(|mention| mention.target.place.overlaps(&place))
            else {
                continue;
            };
            any = true;
            let wraps = self.mentions.iter().any(|mention| {
                matches!(&mention.act, Act::Form(form)
                    if matches!(form.leaf, Leaf::Op(Op::WrappingAdd | Op::WrappingMul)))
            });
            let constructor = match reduce.op {
                ReduceOp::Add if wraps => "wrapping_add",
                ReduceOp::Add => "add",
                ReduceOp::Mul if wraps => "wrapping_mul",
                ReduceOp::Mul => "mul",
                ReduceOp::Or => "or",
                ReduceOp::And => "and",
                ReduceOp::Xor => "xor",
                ReduceOp::Min => "min",
                ReduceOp::Max => "max",
                ReduceOp::Append => "append",
                ReduceOp::Merge => "merge",
            };
            let mut spelling = mention.target.spelling.clone();
            let known = mention.target.place == place;
            if !known || mention.target.deref != deref {
                spelling = reduce.place.clone();
            }
            self.verdict.accumulators.push(Accumulator {
                members: vec![Member { place, spelling, deref }],
                kind: Kind::Named(constructor, TokenStream::new()),
                aside: false,
                fields: Vec::new(),
                commutes: false,
            });
        }
        any
    }
}
