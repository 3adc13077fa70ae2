//! What a share holds beside the places' values: the fields of elements as a tuple, and whether an
//! extremum was found.

use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Expr, Stmt};

use super::super::ours;
use super::{Leaving, Local, Rewrite, Walk};
use crate::analyse::fields;
use crate::analyse::place::{Target, peel};
use crate::analyse::verdict::Kind;

impl Walk<'_, '_> {
    /// `s.count` where a share has the tuple of `s`'s fields: `s.0`.
    pub(super) fn field_of_share(&mut self, node: &Expr) -> Option<Expr> {
        let Expr::Field(field) = node else { return None };
        let names = self.rewrite.names;
        let facts = self.rewrite.facts;
        let target = Target::with(node, &|path| {
            let var = names.of_path(path)?;
            match facts.aliases.get(&var) {
                Some(target) => Some(target.clone()),
                None if facts.inner.contains(&var) => None,
                None => Target::of(&Expr::Path(path.clone()), names),
            }
        })?;
        let (index, long) = fields::in_share(&target, &facts.verdict.accumulators)?;
        let span = field.member.span();
        let mut base = node;
        for _ in 0..long {
            let Expr::Field(field) = peel(base) else { return None };
            base = &field.base;
        }
        let mut base = base.clone();
        self.visit_expr_mut(&mut base);
        let index = syn::Index { index: u32::try_from(index).ok()?, span };
        let dot = field.dot_token;
        Some(Expr::Field(syn::ExprField {
            attrs: field.attrs.clone(),
            base: Box::new(base),
            dot_token: dot,
            member: syn::Member::Unnamed(index),
        }))
    }

    /// Whether a statement leaves the body.
    pub(super) fn departs(&self, node: &Expr) -> bool {
        match node {
            Expr::Return(_) => !matches!(self.rewrite.leaving, Leaving::Never),
            Expr::Break(node) => self.leaves(node.label.as_ref()),
            _ => false,
        }
    }

    /// The flag of what is assigned on the way out.
    pub(super) fn departing_flag(&self, stmt: &Stmt) -> Option<Ident> {
        let Stmt::Expr(Expr::Assign(assign), _) = stmt else { return None };
        let Rewrite { names, facts, flags, .. } = self.rewrite;
        let target = Target::of(&assign.left, names).filter(|target| target.steps.is_empty())?;
        let departs = facts.verdict.accumulators.iter().any(|one| {
            matches!(&one.kind, Kind::Best(found) if found.departs)
                && one.members[0].place == target.place
        });
        let (_, flag) = flags.iter().find(|(place, _)| departs && *place == target.place)?;
        Some(flag.clone())
    }
}

/// The flag that says whether a share's extremum is its own.
pub(in super::super) fn flag(kind: &Kind, local: &Local) -> Option<Ident> {
    let Kind::Best(extremum) = kind else { return None };
    let name = local.ident.to_string();
    let name = name.split('·').next().unwrap_or("best").trim_start_matches("r#");
    let word = if extremum.departs { "set" } else { "found" };
    Some(ours(&format!("{name}_{word}"), local.ident.span()))
}
