//! What the loops of a function do: variables, accumulators, exits, sources. Nothing here quotes
//! code.

mod batched;
mod captures;
pub(crate) mod choice;
pub(crate) mod control;
pub(crate) mod departing;
mod elsewhere;
pub(crate) mod entries;
pub(crate) mod extremum;
pub(crate) mod fields;
mod flow;
pub(crate) mod forms;
pub(crate) mod joins;
mod leftover;
mod lent;
pub(crate) mod macros;
pub(crate) mod names;
pub(crate) mod ordered;
pub(crate) mod place;
mod reach;
pub(crate) mod source;
mod starts;
pub(crate) mod uses;
mod values;
pub(crate) mod verdict;
mod words;

use std::collections::{HashMap, HashSet};

use proc_macro2::TokenStream;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprForLoop, Ident, ItemFn};

use crate::diagnostics::{Errors, nearest};
use crate::model::{Keys, OnFull, ParallelLoop, parallel_index};
use captures::Capture;
use control::Exits;
use names::{Names, Var};
use place::Target;
use source::Source;
use verdict::{Member, Verdict};

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
    /// Its source may hold what cannot go to another thread, as far as the tokens tell: rustc does
    /// not know what a closure captures when the kind of a source is chosen.
    pub(crate) by_caller: bool,
    /// The captured places that the body reads, as it writes them.
    pub(crate) captures: Vec<Capture>,
    /// The captured variables that the body gets as parameters, as it writes them.
    pub(crate) lent: Vec<Ident>,
    /// Locals of the body that are `&mut` to a captured place.
    pub(crate) aliases: HashMap<Var, Target>,
    /// What the `#[ordered]` block at the end changes, if there is one.
    pub(crate) ordered: Option<Vec<Member>>,
}

/// Analyses the parallel loops of a function whose names are resolved.
pub(crate) fn of_function(
    function: &ItemFn,
    loops: &[ParallelLoop],
    names: &Names,
    private: &TokenStream,
    errors: &Errors,
) -> Vec<Option<Facts>> {
    let mut found = FindLoops { nodes: vec![None; loops.len()] };
    found.visit_block(&function.block);
    ordered::check(&function.block, errors);
    found
        .nodes
        .iter()
        .enumerate()
        .map(|(index, node)| {
            let question = Question {
                index,
                parallel: &loops[index],
                function: &function.block,
                names,
                private,
                errors,
            };
            node.map(|node| question.answer(node))
        })
        .collect()
}

/// One parallel loop to be analysed.
struct Question<'a> {
    index: usize,
    parallel: &'a ParallelLoop,
    function: &'a Block,
    names: &'a Names,
    /// `::pool_runtime::__private`
    private: &'a TokenStream,
    errors: &'a Errors,
}

impl Question<'_> {
    fn answer(&self, node: &ExprForLoop) -> Facts {
        let Self { names, errors, .. } = *self;
        let layers = &self.parallel.stack.layers;
        let keys = &self.parallel.stack.keys;
        if layers.batched.is_some() && !self.parallel.produced {
            batched::used_as_items(node, names, errors);
        }
        let inner = uses::declared_in(&node.pat, &node.body, names);
        let mut source = source::of_for(&node.pat, &node.expr, names);
        source.streamed =
            self.parallel.produced || layers.bounded.is_some() || keys.linger.is_some();
        let dropping = keys
            .on_full
            .as_ref()
            .is_some_and(|policy| matches!(policy.value, OnFull::Drop | OnFull::DropOldest));
        if dropping || self.parallel.produced || keys.linger.is_some() || layers.batched.is_some() {
            source.index = None;
        }
        let mut exits = control::exits(&node.body, node.label.as_ref(), errors);
        let mut fallible = HashSet::new();
        for scratch in keys.scratch.iter().flat_map(|scratch| &scratch.value) {
            if let Some(question) = scratch.maker.as_ref().and_then(control::question_mark) {
                exits.tries.get_or_insert(question);
                fallible.insert(scratch.name.to_string());
            }
        }
        let (body, last) = ordered::split(&node.body);
        let uses = uses::of_body(&body, node.label.as_ref(), names, &inner);
        if self.parallel.produced {
            self.taken_from(&source, &uses);
        }
        let is_loop = |node: &Expr| is_parallel(node, self.index);
        let corrected = self.misspelt_working_space(&uses);
        let keys = corrected.as_ref().unwrap_or(keys);
        let context = verdict::Context {
            names,
            function: self.function,
            body: &node.body,
            is_loop: &is_loop,
            source: &source,
            keys,
            exits: &exits,
            errors,
            private: self.private,
        };
        let verdict = verdict::decide(&context, &uses);
        let ordered =
            last.map(|last| ordered::places(&last, &uses, &verdict, names, &inner, keys, errors));
        self.counted_by_the_queue(&uses);
        self.left_in_working_space(&uses);
        let changed: Vec<_> =
            ordered.iter().flatten().map(|member: &Member| member.place.clone()).collect();
        let scratch = |var| {
            let mut entries = keys.scratch.iter().flat_map(|scratch| &scratch.value);
            entries.any(|entry| entry.name == names.name(var))
        };
        let captures = captures::of_body(&uses, &body, names, &verdict, &changed, &scratch);
        let lent = match &ordered {
            None => lent::of_body(&uses, &body, names, &verdict, &scratch),
            Some(_) => Vec::new(),
        };
        let mentioned: HashSet<Var> =
            uses.mentions.iter().map(|mention| mention.target.place.root).collect();
        let by_caller = !source.streamed && reach::may_stay(&node.expr, names, &mentioned);
        let aliases = uses.aliases;
        Facts {
            exits,
            verdict,
            inner,
            mentioned,
            fallible,
            by_caller,
            captures,
            lent,
            aliases,
            ordered,
        }
    }

    /// Refuses a name in `scratch(..)` that is nearly a variable's; the keys as they were meant.
    fn misspelt_working_space(&self, uses: &uses::Uses) -> Option<Keys> {
        let Self { names, errors, .. } = *self;
        let mut keys = self.parallel.stack.keys.clone();
        let mentioned: HashSet<String> =
            uses.mentions.iter().map(|mention| names.name(mention.target.place.root)).collect();
        let mut misspelt = false;
        for entry in keys.scratch.iter_mut().flat_map(|scratch| &mut scratch.value) {
            if entry.maker.is_some() || names.declares(&entry.name) {
                continue;
            }
            let mut candidates: Vec<&str> = mentioned.iter().map(String::as_str).collect();
            candidates.sort_unstable();
            if let Some(meant) = nearest(&entry.name.to_string(), candidates) {
                errors.at(&entry.name, words::misspelt(&entry.name, meant));
                entry.name = Ident::new(meant, entry.name.span());
                misspelt = true;
            }
        }
        misspelt.then_some(keys)
    }

    /// What `dropped` names is the queue's while the body runs.
    fn counted_by_the_queue(&self, uses: &uses::Uses) {
        let Some(dropped) = &self.parallel.stack.keys.dropped else { return };
        for mention in &uses.mentions {
            let name = self.names.name(mention.target.place.root);
            if matches!(&dropped.value, Expr::Path(path) if path.path.is_ident(&name)) {
                self.errors.at(&mention.tokens, words::counted(&name));
                return;
            }
        }
    }

    /// What workers leave in copies of a captured variable is gone after the loop.
    fn left_in_working_space(&self, uses: &uses::Uses) {
        let Self { names, function, errors, .. } = *self;
        let keys = &self.parallel.stack.keys;
        let entries = keys.scratch.iter().flat_map(|scratch| &scratch.value);
        // One in `reduce(..)` too is refused for that.
        for entry in entries.filter(|entry| entry.maker.is_none() && !keys.reduces(&entry.name)) {
            let mentioned = uses.mentions.iter().map(|mention| mention.target.place.root);
            let var = mentioned.into_iter().find(|var| entry.name == names.name(*var));
            if let Some(var) = var
                && let Some(read) = leftover::read(function, self.index, names, var)
            {
                errors.at(read, words::left_in_copies(&names.name(var)));
            }
        }
    }

    /// What a `while let` takes its items from is with the producer while the body runs.
    fn taken_from(&self, source: &Source, uses: &uses::Uses) {
        for mention in &uses.mentions {
            let root = mention.target.place.root;
            if source.names.contains(&root)
                && forms::mutability(self.names, root) != forms::Mutability::Shared
            {
                self.errors.at(&mention.tokens, words::taken_from(&self.names.name(root)));
                return;
            }
        }
    }
}

/// Whether a node is the parallel loop with this index.
pub(crate) fn is_parallel(node: &Expr, index: usize) -> bool {
    matches!(node, Expr::ForLoop(found) if parallel_index(&found.attrs) == Some(index))
}

/// The parallel loops by their index.
struct FindLoops<'a> {
    nodes: Vec<Option<&'a ExprForLoop>>,
}

impl<'a> Visit<'a> for FindLoops<'a> {
    fn visit_expr(&mut self, node: &'a Expr) {
        if let Expr::ForLoop(found) = node
            && let Some(index) = parallel_index(&found.attrs)
            && let Some(slot) = self.nodes.get_mut(index)
        {
            *slot = Some(found);
        }
        visit::visit_expr(self, node);
    }
}
