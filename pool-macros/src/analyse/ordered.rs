//! `#[ordered] { .. }`: the last statement of a body, which runs item by item and may change what
//! it likes.

use std::collections::HashSet;

use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, ExprBlock, ExprForLoop, Meta, Path, Stmt};

use super::forms::{self, Mutability};
use super::names::{Names, Var};
use super::place::Place;
use super::uses::{self, Act, Uses};
use super::verdict::{Member, Verdict};
use super::words;
use crate::diagnostics::Errors;
use crate::model::{Keys, parallel_index};

/// Whether an attribute is `#[ordered]`.
pub(crate) fn is_ordered(attribute: &Attribute) -> bool {
    is_ordered_path(attribute.path())
}

/// Whether a path names it.
pub(crate) fn is_ordered_path(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| last.ident == "ordered")
}

/// The ordered block at the end of a body.
pub(crate) fn last(body: &Block) -> Option<&ExprBlock> {
    match body.stmts.last() {
        Some(Stmt::Expr(Expr::Block(block), _)) if block.attrs.iter().any(is_ordered) => {
            Some(block)
        }
        _ => None,
    }
}

/// The body without its ordered block, and that block.
pub(super) fn split(body: &Block) -> (Block, Option<Block>) {
    let mut rest = body.clone();
    let ordered = last(body).map(|block| block.block.clone());
    if ordered.is_some() {
        rest.stmts.pop();
    }
    (rest, ordered)
}

/// Refuses what is `#[ordered]` and not the block at the end of a parallel loop's body.
pub(crate) fn check(function: &Block, errors: &Errors) {
    Misplaced(errors).visit_block(function);
}

struct Misplaced<'a>(&'a Errors);

impl<'a> Visit<'a> for Misplaced<'_> {
    fn visit_expr_for_loop(&mut self, node: &'a ExprForLoop) {
        let Some(block) = parallel_index(&node.attrs).and_then(|_| last(&node.body)) else {
            return visit::visit_expr_for_loop(self, node);
        };
        self.visit_expr(&node.expr);
        node.body.stmts.iter().rev().skip(1).for_each(|stmt| self.visit_stmt(stmt));
        for attribute in &block.attrs {
            match &attribute.meta {
                Meta::Path(_) => {}
                meta if is_ordered(attribute) => self.0.at(
                    meta,
                    "`#[ordered]` takes nothing: what comes behind it runs in the order of the items",
                ),
                _ => {}
            }
        }
        self.visit_block(&block.block);
    }

    fn visit_attribute(&mut self, node: &'a Attribute) {
        if is_ordered(node) {
            self.0.at(node, words::ORDERED_LAST);
        }
    }

    fn visit_item(&mut self, _: &'a syn::Item) {}
}

/// Methods of std's containers that change nothing: `let (xs, ys) = (&a[..], &b[..]);` does not say
/// what `ys` is, but `ys.iter()` does not need it to be changed.
const READS: [&str; 24] = [
    "iter",
    "len",
    "is_empty",
    "get",
    "first",
    "last",
    "contains",
    "contains_key",
    "as_str",
    "as_slice",
    "to_vec",
    "to_owned",
    "to_string",
    "clone",
    "chunks",
    "windows",
    "starts_with",
    "ends_with",
    "keys",
    "values",
    "lines",
    "split",
    "chars",
    "bytes",
];

/// The captured places that an ordered block may change; `outside` is what the rest of the body
/// does.
pub(super) fn places(
    block: &Block,
    outside: &Uses,
    verdict: &Verdict,
    names: &Names,
    inner: &HashSet<Var>,
    keys: &Keys,
    errors: &Errors,
) -> Vec<Member> {
    let inside = uses::of_body(block, None, names, inner);
    let scratch = |var: Var| {
        keys.scratch
            .iter()
            .flat_map(|scratch| &scratch.value)
            .any(|entry| entry.name == names.name(var))
    };
    let mut changed: Vec<Member> = Vec::new();
    for mention in &inside.mentions {
        let target = &mention.target;
        let var = target.place.root;
        let may = match &mention.act {
            Act::Read => false,
            Act::Method(method) => match forms::mutability(names, var) {
                Mutability::Shared => false,
                Mutability::Unknown => !READS.iter().any(|name| method == name),
                Mutability::Owned | Mutability::Reference => true,
            },
            Act::Opaque(_) => forms::mutability(names, var) != Mutability::Shared,
            Act::Form(_) | Act::Change(_) | Act::Alias => true,
        };
        if !may || scratch(var) || verdict.privates.contains(&var) {
            continue;
        }
        let known = changed.iter().any(|member| {
            member.place.overlaps(&target.place)
                && member.place.fields.len() <= target.place.fields.len()
        });
        if !known {
            changed.retain(|member| !member.place.overlaps(&target.place));
            changed.push(Member {
                place: target.place.clone(),
                spelling: target.spelling.clone(),
                deref: target.deref,
            });
        }
    }
    let is_changed = |place: &Place| changed.iter().any(|member| member.place.overlaps(place));
    for mention in &outside.mentions {
        if is_changed(&mention.target.place) {
            let name = names.name(mention.target.place.root);
            errors.at(&mention.tokens, words::outside_ordered(&name));
        }
    }
    // What the parallel part reduces cannot be read in between.
    for mention in &inside.mentions {
        let place = &mention.target.place;
        let reduced = verdict
            .accumulators
            .iter()
            .flat_map(|accumulator| &accumulator.members)
            .any(|member| member.place.overlaps(place));
        if reduced && !is_changed(place) {
            errors.at(&mention.tokens, words::read(&names.name(place.root), mention));
        }
    }
    changed
}
