//! What the loops of a function do: variables, accumulators, exits, sources. Nothing here quotes
//! code.

pub(crate) mod control;
mod elsewhere;
mod entries;
pub(crate) mod extremum;
mod flow;
pub(crate) mod forms;
pub(crate) mod macros;
pub(crate) mod names;
pub(crate) mod place;
pub(crate) mod source;
pub(crate) mod uses;
pub(crate) mod verdict;
mod words;

use std::collections::HashSet;

use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprForLoop, ExprWhile, ItemFn};

use crate::diagnostics::Errors;
use crate::model::{ParallelLoop, parallel_index};
use control::Exits;
use names::{Names, Var};
use verdict::Verdict;

/// What is known of one parallel loop.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) exits: Exits,
    pub(crate) verdict: Verdict,
    /// The variables that the loop itself declares.
    pub(crate) inner: HashSet<Var>,
    /// The captured variables that the body mentions.
    pub(crate) mentioned: HashSet<Var>,
    /// The working spaces that can fail to be made: `scratch(conn = connect()?)`.
    pub(crate) fallible: HashSet<String>,
}

/// Analyses the parallel loops of a function whose names are resolved.
pub(crate) fn of_function(
    function: &ItemFn,
    loops: &[ParallelLoop],
    names: &Names,
    errors: &Errors,
) -> Vec<Option<Facts>> {
    let mut found = FindLoops { nodes: vec![None; loops.len()] };
    found.visit_block(&function.block);
    let mut facts = Vec::new();
    for (index, (parallel, node)) in loops.iter().zip(&found.nodes).enumerate() {
        facts.push(match node {
            Some(Expr::ForLoop(node)) => {
                Some(of_for(index, node, parallel, &function.block, names, errors))
            }
            _ => None,
        });
    }
    facts
}

fn of_for(
    index: usize,
    node: &ExprForLoop,
    parallel: &ParallelLoop,
    function: &Block,
    names: &Names,
    errors: &Errors,
) -> Facts {
    let inner = uses::declared_in(&node.pat, &node.body, names);
    let mut source = source::of_for(&node.pat, &node.expr, names);
    let layers = &parallel.stack.layers;
    if layers.bounded.or(layers.batched).is_some() || parallel.produced {
        // Items that go through a queue have no index, and a batch is not one.
        source.index = None;
    }
    let mut exits = control::exits(&node.body, node.label.as_ref(), errors);
    let mut fallible = HashSet::new();
    for scratch in parallel.stack.keys.scratch.iter().flat_map(|scratch| &scratch.value) {
        if let Some(question) = scratch.maker.as_ref().and_then(control::question_mark) {
            exits.tries.get_or_insert(question);
            fallible.insert(scratch.name.to_string());
        }
    }
    let uses = uses::of_body(&node.body, names, &inner);
    let is_loop = |node: &Expr| is_parallel(node, index);
    let context = verdict::Context {
        names,
        function,
        body: &node.body,
        is_loop: &is_loop,
        source: &source,
        keys: &parallel.stack.keys,
        exits: &exits,
        errors,
    };
    let verdict = verdict::decide(&context, &uses);
    let mentioned = uses.mentions.iter().map(|mention| mention.target.place.root).collect();
    Facts { exits, verdict, inner, mentioned, fallible }
}

/// Whether a node is the parallel loop with this index.
pub(crate) fn is_parallel(node: &Expr, index: usize) -> bool {
    match node {
        Expr::ForLoop(ExprForLoop { attrs, .. }) | Expr::While(ExprWhile { attrs, .. }) => {
            parallel_index(attrs) == Some(index)
        }
        _ => false,
    }
}

/// The parallel loops by their index.
struct FindLoops<'a> {
    nodes: Vec<Option<&'a Expr>>,
}

impl<'a> Visit<'a> for FindLoops<'a> {
    fn visit_expr(&mut self, node: &'a Expr) {
        if let Expr::ForLoop(ExprForLoop { attrs, .. }) | Expr::While(ExprWhile { attrs, .. }) =
            node
            && let Some(index) = parallel_index(attrs)
            && let Some(slot) = self.nodes.get_mut(index)
        {
            *slot = Some(node);
        }
        visit::visit_expr(self, node);
    }
}
