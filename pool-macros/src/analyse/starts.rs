//! What the extrema of a map's values start from, and how long its rows.
//!
//! What a new entry starts from takes part in its extremum, and only if the key was absent. A
//! worker knows what the user's map holds and not what the items before inserted, so all that may
//! insert must start from one constant, or from a value that takes part anyway:
//! `let best = m.entry(k).or_insert(e); if e > *best { *best = e; }`.

use std::collections::HashSet;

use proc_macro2::TokenTree;
use syn::visit::{self, Visit};
use syn::{Expr, ExprArray, ExprPath, ExprRepeat, Ident, Macro, PatIdent};

use super::entries::first_entry;
use super::extremum::normal;
use super::fields;
use super::forms::Leaf;
use super::macros;
use super::place::{Absent, Entry, Step, peel, text};
use super::uses::{Form, Mention};
use super::values::is_constant;

type Formed<'a> = &'a [(&'a Mention, &'a Form)];

/// Whether a new entry starts from the same value whenever it is made.
pub(super) fn is_constant_start(entry: &Entry, invariant: &dyn Fn(&ExprPath) -> bool) -> bool {
    match &entry.absent {
        Absent::Default => true,
        Absent::Value(value) => is_constant(value, invariant),
        Absent::With(make) => match peel(make) {
            Expr::Closure(closure) => {
                closure.inputs.is_empty() && is_constant(&closure.body, invariant)
            }
            // `Vec::new`, `Default::default`
            path @ Expr::Path(_) => is_constant(&syn::parse_quote!(#path()), invariant),
            _ => false,
        },
    }
}

/// How an entry is made and first changed, as text.
fn spelled(entry: &Entry) -> String {
    let changes: Vec<String> = entry.changes.iter().map(text).collect();
    format!("{}: {}", changes.join(", "), entry.absent.spelled())
}

/// The entry steps of a mention.
fn entries(mention: &Mention) -> impl Iterator<Item = &Entry> {
    mention.target.steps.iter().filter_map(|step| match step {
        Step::Entry(entry) => Some(&**entry),
        _ => None,
    })
}

/// Whether the entries at this depth are all made in the same way.
pub(super) fn one_start(formed: Formed<'_>, depth: usize) -> bool {
    let mut spellings = formed.iter().filter_map(|(mention, _)| entries(mention).nth(depth));
    let first = spellings.next().map(spelled);
    spellings.all(|entry| Some(spelled(entry)) == first)
}

/// Whether all entries start from one constant, at each depth.
pub(super) fn all_constant(formed: Formed<'_>, invariant: &dyn Fn(&ExprPath) -> bool) -> bool {
    let depth = formed.iter().map(|(mention, _)| entries(mention).count()).max().unwrap_or(0);
    let constant = |entry: &Entry| entry.changes.is_empty() && is_constant_start(entry, invariant);
    (0..depth).all(|depth| one_start(formed, depth))
        && formed.iter().all(|(mention, _)| entries(mention).all(constant))
}

/// Whether all entries start from a value that takes part in the extremum whether or not the key
/// was absent; `by_modification` says so of `and_modify(..).or_insert(..)`.
pub(super) fn all_own(formed: Formed<'_>, by_modification: &dyn Fn(&Mention) -> bool) -> bool {
    formed.iter().all(|(mention, form)| {
        let Some(entry) = first_entry(mention) else { return false };
        if !entry.changes.is_empty() {
            return by_modification(mention);
        }
        let start = match &entry.absent {
            Absent::Value(start) => start,
            Absent::With(make) => match peel(make) {
                Expr::Closure(closure) if closure.inputs.is_empty() => last_of(&closure.body),
                _ => return false,
            },
            Absent::Default => return false,
        };
        let compares = |form: &Form| {
            form.operand.as_ref().is_some_and(|operand| normal(operand) == normal(start))
        };
        if mention.target.alias {
            // Answered for where the alias was made.
            return true;
        }
        let made = matches!(form.leaf, Leaf::Present);
        compares(form)
            || made
                && formed.iter().any(|(other, later)| {
                    other.target.alias
                        && other.moment == mention.moment
                        && first_entry(other).is_some_and(|other| {
                            text(&other.key) == text(&entry.key) && spelled(other) == spelled(entry)
                        })
                        && compares(later)
                })
    })
}

/// What a field of a new entry's value starts from; the inner `None` is its default.
fn field_of<'e>(entry: &'e Entry, way: &[String]) -> Option<Option<&'e Expr>> {
    if matches!(entry.absent, Absent::Default) {
        return Some(None);
    }
    let mut found = last_of(made(&entry.absent)?);
    for name in way {
        found = match peel(found) {
            Expr::Tuple(tuple) => tuple.elems.get(name.parse::<usize>().ok()?)?,
            Expr::Struct(node) => {
                let named = |field: &&syn::FieldValue| match &field.member {
                    syn::Member::Named(own) => own == name,
                    syn::Member::Unnamed(own) => own.index.to_string() == *name,
                };
                match (node.fields.iter().find(named), &node.rest) {
                    (Some(field), _) => last_of(&field.expr),
                    (None, Some(rest)) if is_constant(rest, &|_| false) => return Some(None),
                    _ => return None,
                }
            }
            _ => return None,
        };
    }
    Some(Some(found))
}

/// The expression that a block without statements is.
fn last_of(node: &Expr) -> &Expr {
    match peel(node) {
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [syn::Stmt::Expr(only, None)] => last_of(only),
            _ => node,
        },
        _ => node,
    }
}

/// Whether a field of all entries' values starts from a constant.
pub(super) fn is_constant_field(
    formed: Formed<'_>,
    way: &[String],
    invariant: &dyn Fn(&ExprPath) -> bool,
) -> bool {
    formed.iter().filter_map(|(mention, _)| first_entry(mention)).all(|entry| {
        is_constant_start(entry, invariant)
            || match field_of(entry, way) {
                Some(Some(start)) => is_constant(start, invariant),
                Some(None) => true,
                None => false,
            }
    })
}

/// Whether a field of all entries' values starts from the value that the item compares there
/// anyway, whether or not the key was absent.
pub(super) fn is_own_field(formed: Formed<'_>, way: &[String]) -> bool {
    let changes_field = |mention: &Mention| {
        fields::split(&mention.target.steps)
            .is_some_and(|(_, own, below)| own == way && below.is_empty())
    };
    formed.iter().all(|(mention, form)| {
        let Some(entry) = first_entry(mention) else { return false };
        if !matches!(form.leaf, Leaf::Present) || mention.target.alias {
            // Answered for where the entry is made; without a `let` there is no second field.
            return mention.target.alias || changes_field(mention);
        }
        let Some(Some(start)) = field_of(entry, way) else { return false };
        let always = |other: &Mention, change: &Form| {
            if change.in_modify { plainly_modified(entry) } else { other.moment == mention.moment }
        };
        formed.iter().any(|(other, change)| {
            other.target.alias
                && changes_field(other)
                && first_entry(other).is_some_and(|other| {
                    text(&other.key) == text(&entry.key) && spelled(other) == spelled(entry)
                })
                && change.operand.as_ref().is_some_and(|value| normal(value) == normal(start))
                && always(other, change)
        })
    })
}

/// Whether `and_modify` is called once, with a closure that does all it does whenever it runs.
fn plainly_modified(entry: &Entry) -> bool {
    let [Expr::Closure(closure)] = entry.changes.as_slice() else { return false };
    let plain =
        |node: &Expr| matches!(peel(node), Expr::Assign(_) | Expr::Binary(_) | Expr::MethodCall(_));
    match peel(&closure.body) {
        Expr::Block(block) => block
            .block
            .stmts
            .iter()
            .all(|stmt| matches!(stmt, syn::Stmt::Expr(node, _) if plain(node))),
        node => plain(node),
    }
}

/// Whether all rows are arrays by the way they are written.
pub(super) fn all_arrays(formed: Formed<'_>) -> bool {
    formed.iter().filter_map(|(mention, _)| first_entry(mention)).all(|entry| {
        matches!(made(&entry.absent), Some(row) if matches!(peel(row), Expr::Array(_) | Expr::Repeat(_)))
    })
}

/// What a new entry is made of.
fn made(absent: &Absent) -> Option<&Expr> {
    match absent {
        Absent::Default => None,
        Absent::Value(value) => Some(value),
        Absent::With(make) => Some(match peel(make) {
            Expr::Closure(closure) => &closure.body,
            other => other,
        }),
    }
}

/// Whether the length of a new row, or of one of the `depth` levels of rows in it, depends on the
/// item, as far as the tokens tell: which item makes the row depends on the items before. The key,
/// which `or_insert_with_key` hands on, is the same for all of them.
pub(super) fn lengths_vary(
    formed: Formed<'_>,
    depth: usize,
    varies: &dyn Fn(&ExprPath) -> bool,
) -> bool {
    formed.iter().filter_map(|(mention, _)| first_entry(mention)).any(|entry| {
        let mut search = Varying { varies, depth, own: HashSet::new(), found: false };
        match &entry.absent {
            Absent::With(make) => search.visit_expr(make),
            Absent::Value(value) => search.visit_expr(value),
            Absent::Default => {}
        }
        search.found
    })
}

/// Looks for what differs from item to item.
struct Varying<'a> {
    varies: &'a dyn Fn(&ExprPath) -> bool,
    /// How many levels of rows there are to come; the elements of the last one have no length.
    depth: usize,
    /// What the expression itself declares.
    own: HashSet<Ident>,
    found: bool,
}

impl Varying<'_> {
    fn elements<'e>(&mut self, elements: impl IntoIterator<Item = &'e Expr>) {
        if self.depth > 1 {
            self.depth -= 1;
            elements.into_iter().for_each(|element| self.visit_expr(element));
            self.depth += 1;
        }
    }
}

impl Visit<'_> for Varying<'_> {
    fn visit_pat_ident(&mut self, node: &PatIdent) {
        self.own.insert(node.ident.clone());
        visit::visit_pat_ident(self, node);
    }
    fn visit_expr_path(&mut self, node: &ExprPath) {
        let own = node.path.get_ident().is_some_and(|name| self.own.contains(name));
        self.found |= !own && (self.varies)(node);
    }
    fn visit_expr_array(&mut self, node: &ExprArray) {
        self.elements(&node.elems);
    }
    fn visit_expr_repeat(&mut self, node: &ExprRepeat) {
        self.elements([&*node.expr]);
    }
    fn visit_macro(&mut self, node: &Macro) {
        let parts = macros::arguments(node).unwrap_or_default();
        if !node.path.is_ident("vec") {
            return parts.iter().for_each(|part| self.visit_expr(part));
        }
        let mut tokens = node.tokens.clone().into_iter();
        let repeats =
            tokens.any(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ';'));
        match parts.as_slice() {
            [element, length] if repeats => {
                self.visit_expr(length);
                self.elements([element]);
            }
            elements => self.elements(elements),
        }
    }
}
