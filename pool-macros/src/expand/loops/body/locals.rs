//! What the body sees in the place of an accumulator, and how it is called.

use std::collections::HashMap;

use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::{Expr, UnOp};

use super::super::ours;
use crate::analyse::names::SELF;
use crate::analyse::place::{Place, peel};
use crate::analyse::verdict::Member;

/// A local that stands for a place.
#[derive(Clone, Debug)]
pub(in super::super) struct Local {
    pub(in super::super) place: Place,
    pub(in super::super) ident: Ident,
    /// The user's own variable name.
    pub(super) own: bool,
    pub(super) deref: bool,
    /// It is a `&mut` to the place.
    pub(super) reference: bool,
}

/// Names for the accumulators' locals: the variable's own, or that of the field.
pub(in super::super) fn locals<'a>(members: impl Iterator<Item = &'a Member>) -> Vec<Local> {
    let mut taken: HashMap<String, usize> = HashMap::new();
    members
        .map(|member| {
            let place = member.place.clone();
            let own = place.fields.is_empty() && place.root != SELF;
            let ident = if own {
                root_ident(&member.spelling)
            } else {
                let field = place.fields.last().map_or("this", String::as_str);
                let mut name = if field.starts_with(|c: char| c.is_ascii_digit()) {
                    format!("field_{field}")
                } else {
                    field.trim_start_matches("r#").to_owned()
                };
                let times = taken.entry(name.clone()).or_default();
                *times += 1;
                if *times > 1 || syn::parse_str::<Ident>(&name).is_err() {
                    name = format!("{name}_{times}");
                }
                ours(&name, member.spelling.span())
            };
            Local { place, ident, own, deref: member.deref, reference: false }
        })
        .collect()
}

/// The locals of an ordered block's places: all are `&mut` to them.
pub(in super::super) fn ordered_locals(members: &[Member]) -> Vec<Local> {
    let mut locals = locals(members.iter());
    for local in &mut locals {
        local.reference = !local.own;
        // `*acc` stays: the local is what `acc` was.
        local.deref = false;
    }
    locals
}

/// A place without the `*` before it.
pub(in super::super) fn without_deref(place: &Expr) -> &Expr {
    match peel(place) {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => peel(&unary.expr),
        other => other,
    }
}

/// The identifier of the variable that a place starts with.
fn root_ident(place: &Expr) -> Ident {
    match peel(place) {
        Expr::Path(path) => path.path.get_ident().cloned(),
        Expr::Field(field) => Some(root_ident(&field.base)),
        Expr::Unary(unary) => Some(root_ident(&unary.expr)),
        _ => None,
    }
    .unwrap_or_else(|| ours("place", place.span()))
}
