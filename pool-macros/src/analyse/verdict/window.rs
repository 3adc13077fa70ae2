//! Disjoint writes: the loop variable stands alone at the same index position in every use.

use quote::ToTokens;
use syn::Expr;

use super::{Accumulator, Kind, Member, Root};
use crate::analyse::place::{Place, peel};
use crate::analyse::uses::Act;

impl Root<'_, '_> {
    /// The loop variable stands alone at the same index position in every use.
    pub(super) fn window(&mut self, place: &Place) -> bool {
        let Some(index) = self.context.source.index else { return false };
        let names = self.context.names;
        let is_index = |node: &Expr| {
            let node = match peel(node) {
                Expr::Cast(cast) if cast.ty.to_token_stream().to_string() == "usize" => {
                    peel(&cast.expr)
                }
                other => other,
            };
            matches!(node, Expr::Path(path) if names.of_path(path) == Some(index))
        };
        let mut common: Option<Vec<usize>> = None;
        let mut spelling = None;
        for mention in &self.mentions {
            let target = &mention.target;
            if !target.place.overlaps(place) {
                continue;
            }
            if target.place != *place {
                return false;
            }
            let length = matches!(&mention.act, Act::Method(method)
                if target.steps.is_empty() && (method == "len" || method == "is_empty"));
            if length {
                continue;
            }
            if matches!(mention.act, Act::Opaque(_)) {
                return false;
            }
            let here: Vec<usize> = target
                .leading_indices()
                .iter()
                .enumerate()
                .filter(|(_, node)| is_index(node))
                .map(|(position, _)| position)
                .collect();
            common = Some(match common {
                None => here,
                Some(before) => before.into_iter().filter(|at| here.contains(at)).collect(),
            });
            spelling.get_or_insert_with(|| (target.spelling.clone(), target.deref));
        }
        let (Some(position), Some((spelling, deref))) =
            (common.and_then(|common| common.first().copied()), spelling)
        else {
            return false;
        };
        self.verdict.accumulators.push(Accumulator {
            members: vec![Member { place: place.clone(), spelling, deref }],
            kind: Kind::Window(position),
            aside: false,
            fields: Vec::new(),
            commutes: false,
        });
        true
    }
}
