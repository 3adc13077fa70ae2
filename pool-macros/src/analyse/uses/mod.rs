//! What a loop's body does with the variables that it captures.
//!
//! One walk over the body in order of evaluation. Every place in which a captured variable stands
//! becomes a [`Mention`]: read, called a method on, changed in one of the forms of the language
//! (`x += e`, `v.push(e)`, `*m.entry(k).or_insert(0) += 1` ..), or changed in another way. What
//! follows from the mentions together is decided elsewhere.

mod changes;
mod walk;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use proc_macro2::TokenStream;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Ident, Item, Label, Macro, Pat, PatIdent};

use super::extremum::Extremum;
use super::forms::Leaf;
use super::macros;
use super::names::{Names, Var};
use super::place::Target;
use walk::Walk;

/// One place in the body where a captured variable stands.
#[derive(Clone, Debug)]
pub(crate) struct Mention {
    pub(crate) target: Target,
    pub(crate) act: Act,
    /// What to underline.
    pub(crate) tokens: TokenStream,
    /// Whether an iteration may skip it, or run it several times.
    pub(crate) conditional: bool,
    pub(crate) moment: Moment,
}

/// When a mention is reached: of two with the same moment, an iteration that runs the first runs
/// the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// The innermost branch, loop or closure around it.
    pub(crate) branch: usize,
    /// How many ways out of the iteration stand before it.
    pub(crate) ways_out: usize,
}

/// What is done at a mention.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Read,
    /// A method call that is no form; whether it changes anything is not known.
    Method(Ident),
    Form(Form),
    Change(Change),
    /// It stands in the tokens of a macro that is not known.
    Opaque(String),
    /// `let a = &mut x[i];`: what happens is said by the mentions through `a`.
    Alias,
}

/// A change in one of the language's forms.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) leaf: Leaf,
    /// What is added, pushed ..., where it is one expression.
    pub(crate) operand: Option<Expr>,
    /// Whether it stands in the closure of an `and_modify`.
    pub(crate) in_modify: bool,
    /// `x = e + x`: the new value stands first.
    pub(crate) reversed: bool,
}

/// A change in no known form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// `x = e`
    Assign,
    /// `x = Some(e)`
    Kept,
    /// `x = true`, `x = false`
    Flag(bool),
    /// `x = x || e`, `x = x && e`
    ShortCircuit(&'static str),
    /// `x /= e`
    Operator(String),
    /// `&mut x`
    Borrow,
    /// `(x, y) = ..`
    Destructured,
    /// `m.insert(k, v)` whose result is used.
    InsertResult,
    /// An entry whose value is read.
    EntryValue,
    /// A method that is known to change what it is called on.
    Method(String),
    /// An extremum that is not one; the message.
    Extremum(&'static str),
}

/// The mentions of one loop's body.
#[derive(Debug)]
pub(crate) struct Uses {
    pub(crate) mentions: Vec<Mention>,
    pub(crate) extrema: Vec<Extremum>,
    /// Locals of the body that are `&mut` to a captured place.
    pub(crate) aliases: HashMap<Var, Target>,
}

/// Walks the body. `label` is the loop's own, `inner` are the variables that it declares.
pub(crate) fn of_body(
    body: &Block,
    label: Option<&Label>,
    names: &Names,
    inner: &HashSet<Var>,
) -> Uses {
    let mut walk = Walk {
        names,
        body,
        own: RefCell::default(),
        inner,
        uses: Uses { mentions: Vec::new(), extrema: Vec::new(), aliases: HashMap::new() },
        branch: 0,
        branches: 0,
        ways_out: 0,
        in_modify: 0,
        label,
        loops: 0,
        closures: 0,
    };
    walk.block(body, true);
    walk.uses
}

/// The variables that a loop declares, its own and those of its body.
pub(crate) fn declared_in(pattern: &Pat, body: &Block, names: &Names) -> HashSet<Var> {
    struct Search<'a>(&'a Names, HashSet<Var>);
    impl Visit<'_> for Search<'_> {
        fn visit_pat_ident(&mut self, node: &PatIdent) {
            self.1.extend(self.0.var(&node.ident));
            visit::visit_pat_ident(self, node);
        }
        fn visit_macro(&mut self, call: &Macro) {
            macros::arguments_mut(&mut call.clone(), |part| match part {
                macros::Part::Value(value) => self.visit_expr(value),
                macros::Part::Pattern(pattern) => self.visit_pat(pattern),
            });
        }
        fn visit_item(&mut self, _: &Item) {}
    }
    let mut search = Search(names, HashSet::new());
    search.visit_pat(pattern);
    search.visit_block(body);
    search.1
}
