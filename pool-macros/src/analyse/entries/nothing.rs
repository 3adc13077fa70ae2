//! Whether a new entry adds nothing: it starts from the operation's identity, or from what the
//! modification of a present one is.

use syn::Expr;

use super::{Leaf, first_entry};
use crate::analyse::forms;
use crate::analyse::place::{Absent, Entry, Step, peel, same, text};
use crate::analyse::uses::{Form, Mention};
use crate::analyse::values::{
    is_bool, is_default_call, is_empty_value, is_known_container, is_one, is_zero,
};

/// Whether every entry step from `depth` on starts from what the next one (or the leaf) takes for
/// nothing, without `and_modify`.
pub(super) fn identities(formed: &[(&Mention, &Form)], leaf: &Leaf, depth: usize) -> bool {
    formed.iter().all(|(mention, _)| {
        let steps = &mention.target.steps;
        steps.iter().enumerate().skip(depth).all(|(at, step)| match step {
            Step::Entry(entry) => {
                let container = !matches!(steps.get(at + 1), None | Some(Step::Field(_)));
                entry.changes.is_empty()
                    && if container {
                        is_empty_container(&entry.absent, leaf)
                    } else {
                        is_identity(&entry.absent, leaf)
                    }
            }
            _ => true,
        })
    })
}

/// The same for the map itself, `and_modify(|v| *v += e).or_insert(e)` included.
pub(super) fn first_level_adds_nothing(
    formed: &[(&Mention, &Form)],
    leaf: &Leaf,
    last: bool,
) -> bool {
    formed.iter().all(|(mention, _)| {
        let Some(entry) = first_entry(mention) else { return false };
        if entry.changes.is_empty() {
            return if last {
                is_identity(&entry.absent, leaf)
            } else {
                is_empty_container(&entry.absent, leaf)
            };
        }
        // The modification of a present entry is the first value of an absent one.
        last && entry.changes.len() == 1 && modifies_by_first_value(formed, entry, leaf)
    })
}

pub(super) fn modifies_by_first_value(
    formed: &[(&Mention, &Form)],
    entry: &Entry,
    leaf: &Leaf,
) -> bool {
    let chain = text(&entry.changes[0]);
    let modifications: Vec<&Form> = formed
        .iter()
        .filter(|(other, form)| {
            form.in_modify
                && first_entry(other).is_some_and(|other| {
                    other.changes.first().is_some_and(|change| text(change) == chain)
                })
        })
        .map(|(_, form)| *form)
        .collect();
    let [only] = modifications.as_slice() else { return false };
    let outside = formed.iter().any(|(other, form)| {
        !form.in_modify
            && !matches!(form.leaf, forms::Leaf::Present)
            && first_entry(other).is_some_and(|other| {
                other.changes.first().is_some_and(|change| text(change) == chain)
            })
    });
    if outside || conditional_inside(entry, leaf) {
        return false;
    }
    let Some(operand) = &only.operand else { return false };
    match (&entry.absent, leaf) {
        (Absent::Value(value), Leaf::Plain("append")) => is_one_element(value, operand),
        (Absent::With(make), Leaf::Plain("append")) => match peel(make) {
            Expr::Closure(closure) if closure.inputs.is_empty() => {
                is_one_element(&closure.body, operand)
            }
            _ => false,
        },
        (
            Absent::Value(value),
            Leaf::Plain("add" | "mul" | "or" | "and" | "xor" | "wrapping_mul"),
        ) => same(value, operand),
        (Absent::Value(value), Leaf::Fold(_)) => same(value, operand),
        (Absent::Value(value), leaf) if leaf.compares() => same(value, operand),
        _ => false,
    }
}

/// Whether the closure of `and_modify` does more than its one form.
fn conditional_inside(entry: &Entry, leaf: &Leaf) -> bool {
    let Expr::Closure(closure) = peel(&entry.changes[0]) else { return true };
    let plain = |node: &Expr| match peel(node) {
        Expr::Binary(_) | Expr::Assign(_) | Expr::MethodCall(_) => true,
        // `if e > *v { *v = e; }`, which is the form.
        Expr::If(_) => leaf.compares(),
        _ => false,
    };
    match peel(&closure.body) {
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [syn::Stmt::Expr(only, _)] => !plain(only),
            _ => true,
        },
        other => !plain(other),
    }
}

/// `vec![e]`
fn is_one_element(value: &Expr, operand: &Expr) -> bool {
    let Expr::Macro(node) = peel(value) else { return false };
    node.mac.path.is_ident("vec")
        && syn::parse2::<Expr>(node.mac.tokens.clone()).is_ok_and(|element| same(&element, operand))
}

fn is_identity(absent: &Absent, leaf: &Leaf) -> bool {
    let Leaf::Plain(op) = leaf else { return false };
    match absent {
        Absent::Default => !matches!(*op, "mul" | "and" | "wrapping_mul"),
        Absent::Value(value) => match *op {
            "add" | "net" => is_zero(value) || is_empty_value(value) || is_default_call(value),
            "or" | "xor" => is_zero(value) || is_bool(value, false) || is_default_call(value),
            "wrapping_add" => is_zero(value) || is_default_call(value),
            "mul" | "wrapping_mul" => is_one(value),
            "and" => is_bool(value, true) || text(peel(value)).replace(' ', "") == "!0",
            "append" | "insert" => is_empty_value(value) || is_default_call(value),
            // A tuple, component by component.
            "merge" => match peel(value) {
                Expr::Tuple(tuple) => {
                    tuple.elems.iter().all(|part| is_zero(part) || is_empty_value(part))
                }
                other => is_default_call(other),
            },
            "first" => true,
            _ => false,
        },
        Absent::With(_) if *op == "first" => true,
        Absent::With(make) => {
            let made = match peel(make) {
                Expr::Closure(closure) if closure.inputs.is_empty() => &*closure.body,
                Expr::Path(path) => {
                    let name = text(path).replace(' ', "");
                    return matches!(*op, "append" | "insert" | "add" | "net" | "or" | "xor")
                        && (name.ends_with("::new") || name.ends_with("::default"))
                        && (is_known_container(&name) || name.ends_with("Default::default"));
                }
                _ => return false,
            };
            is_identity(&Absent::Value(made.clone()), leaf)
        }
    }
}

/// Whether a new entry has no elements, or such as add nothing: an array's default has its
/// elements' defaults.
fn is_empty_container(absent: &Absent, leaf: &Leaf) -> bool {
    is_identity(absent, &Leaf::Plain("insert"))
        && (!matches!(absent, Absent::Default) || is_identity(absent, leaf))
}
