//! Which loops of a function are parallel: the marked ones, or else the only outermost one.

use proc_macro2::Span;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, ExprAsync, ExprBlock, ExprClosure, ExprForLoop, ExprLoop, ExprWhile, Ident,
    Item, ItemFn,
};

use super::{signature, stack};
use crate::analyse::ordered;
use crate::diagnostics::{Errors, readable};
use crate::model::{Keys, Layer, ParallelLoop, Stack, is_macro, parallel};
use crate::options::Place;

/// Finds the parallel loops of `function` and puts the [`parallel`] attribute in place of their
/// markers.
pub(super) fn take(
    attribute: Layer,
    defaults: &Stack,
    function: &mut ItemFn,
    errors: &Errors,
) -> Vec<ParallelLoop> {
    let mut search = Search {
        wanted: Wanted::Marked,
        defaults,
        errors,
        markers: 0,
        loops: 0,
        parallel: 0,
        closures: 0,
        other: None,
        found: Vec::new(),
    };
    search.visit_block_mut(&mut function.block);
    if search.markers > 0 {
        return search.found;
    }
    search.wanted = Wanted::Outermost;
    search.visit_block_mut(&mut function.block);
    if search.found.is_empty() {
        no_loop(attribute, function, search.other, errors);
    } else if let [_, second, ..] = search.found.as_slice() {
        errors.at_span(
            second.keyword,
            format!(
                "`{}` has {} outermost loops: put `#[{}]` directly on each loop that is to run in \
                 parallel; the keys on the function are their defaults",
                function.sig.ident,
                search.found.len(),
                attribute.name(),
            ),
        );
    }
    search.found
}

/// Refuses markers in the body of a task.
pub(super) fn refuse(function: &ItemFn, errors: &Errors) {
    struct Markers<'a>(&'a Errors);
    impl Markers<'_> {
        fn look(&self, attributes: &[Attribute]) {
            for marker in attributes.iter().filter(|a| Layer::of(a.path()).is_some()) {
                self.0.at(
                    marker,
                    "each call of this function is a task, which one worker runs: put a loop that \
                     is to run in parallel into a function of its own",
                );
            }
        }
    }
    impl<'a> Visit<'a> for Markers<'_> {
        fn visit_expr_for_loop(&mut self, node: &'a ExprForLoop) {
            self.look(&node.attrs);
            visit::visit_expr_for_loop(self, node);
        }
        fn visit_expr_while(&mut self, node: &'a ExprWhile) {
            self.look(&node.attrs);
            visit::visit_expr_while(self, node);
        }
        fn visit_expr_loop(&mut self, node: &'a ExprLoop) {
            self.look(&node.attrs);
            visit::visit_expr_loop(self, node);
        }
        fn visit_item(&mut self, _: &'a Item) {}
    }
    Markers(errors).visit_block(&function.block);
    ordered::check(&function.block, errors);
}

/// Says why a function is neither parallel nor a task, with what is nearest to what was meant.
fn no_loop(attribute: Layer, function: &ItemFn, other: Option<Other>, errors: &Errors) {
    let name = &function.sig.ident;
    let layer = attribute.name();
    if let Some(task) = signature::hidden_task(&function.sig.output) {
        let text = readable(&task.to_token_stream());
        errors.at(
            &function.sig.output,
            format!(
                "`{name}` has no loop, and to be a task it must return `{text}` itself: write \
                 `-> {text}`"
            ),
        );
        return;
    }
    match other {
        Some(Other::Closure(keyword)) => errors.at_span(
            keyword,
            format!(
                "the only loop of `{name}` is in a closure: put `#[{layer}]` on the loop as well"
            ),
        ),
        Some(Other::Inner(inner)) => errors.at(
            &inner,
            format!(
                "`{name}` has no loop of its own: put `#[{layer}]` on `{inner}`, whose loop this is"
            ),
        ),
        Some(Other::Uncounted(keyword)) => errors.at_span(
            keyword,
            "this loop has no items that workers could share: write a `for` loop over a range or \
             an iterator, or `while let`",
        ),
        None => errors.at(
            name,
            format!(
                "`{name}` has no loop to run in parallel: write a `for` or `while let` loop, or \
                 return `Task<T>` or `Admission` to make each call a task"
            ),
        ),
    }
}

/// A loop that is not the function's own, or cannot be parallel.
enum Other {
    /// `for` in a closure; its keyword.
    Closure(Span),
    /// `for` in an inner function; the function's name.
    Inner(Ident),
    /// `while condition` or `loop`; its keyword.
    Uncounted(Span),
}

enum Wanted {
    Marked,
    Outermost,
}

/// Walks the function's own code: not the items inside it.
struct Search<'a> {
    wanted: Wanted,
    defaults: &'a Stack,
    errors: &'a Errors,
    /// Loops that carry markers, accepted or not.
    markers: usize,
    /// How many `for` and `while let` loops surround this place.
    loops: usize,
    /// How many parallel loops surround this place.
    parallel: usize,
    /// How many closures and `async` blocks surround this place.
    closures: usize,
    /// The first loop that is not parallel.
    other: Option<Other>,
    found: Vec<ParallelLoop>,
}

impl Search<'_> {
    /// Enters a `for` or `while let` loop; whether it is parallel.
    fn enter(&mut self, attributes: &mut Vec<Attribute>, keyword: Span) -> bool {
        let stack = match self.wanted {
            Wanted::Marked => {
                let marker = self.marker(attributes, Some(keyword));
                self.refuse_strangers(attributes);
                marker
            }
            Wanted::Outermost if self.closures > 0 => {
                self.other.get_or_insert(Other::Closure(keyword));
                None
            }
            Wanted::Outermost => (self.loops == 0).then(|| self.defaults.clone()),
        };
        self.loops += 1;
        let Some(stack) = stack else { return false };
        self.parallel += 1;
        attributes.push(parallel(self.found.len(), keyword));
        self.found.push(ParallelLoop {
            stack,
            keyword,
            produced: false,
            in_closure: self.closures > 0,
        });
        true
    }

    fn leave(&mut self, parallel: bool) {
        self.loops -= 1;
        self.parallel -= usize::from(parallel);
    }

    /// Refuses attributes that may be ours under another name.
    fn refuse_strangers(&mut self, attributes: &[Attribute]) {
        for stranger in attributes.iter().filter(|attribute| is_macro(attribute.path())) {
            self.markers += 1;
            let path = readable(&stranger.path().to_token_stream());
            self.errors.at(
                stranger,
                format!(
                    "`#[{path}]` on a loop is nothing that this attribute knows: if it is a marker \
                     under another name, write `#[pooled]`, `#[bounded]` or `#[batched]`"
                ),
            );
        }
    }

    /// Takes the markers of a loop; what they say, if the loop can be parallel.
    fn marker(&mut self, attributes: &mut Vec<Attribute>, keyword: Option<Span>) -> Option<Stack> {
        let first = attributes.iter().find(|a| Layer::of(a.path()).is_some())?.clone();
        self.markers += 1;
        let mut stack = Stack::default();
        stack::take_siblings(Place::Loop, attributes, &mut stack, self.errors);
        if keyword.is_none() {
            self.errors.at(first, "only `for` and `while let` loops can run in parallel: remove this, or count in a `for`");
            return None;
        }
        if self.parallel > 0 {
            self.errors.at(
                first,
                "this loop is inside a parallel loop, and stays sequential: remove this attribute, \
                 or the outer one",
            );
            return None;
        }
        stack.inherit(self.defaults);
        Some(stack)
    }
}

impl VisitMut for Search<'_> {
    fn visit_expr_for_loop_mut(&mut self, node: &mut ExprForLoop) {
        self.visit_expr_mut(&mut node.expr);
        let parallel = self.enter(&mut node.attrs, node.for_token.span);
        self.visit_block_mut(&mut node.body);
        self.leave(parallel);
    }

    fn visit_expr_while_mut(&mut self, node: &mut ExprWhile) {
        self.visit_expr_mut(&mut node.cond);
        if matches!(*node.cond, Expr::Let(_)) {
            let parallel = self.enter(&mut node.attrs, node.while_token.span);
            self.visit_block_mut(&mut node.body);
            self.leave(parallel);
        } else {
            self.marker(&mut node.attrs, None);
            self.other.get_or_insert(Other::Uncounted(node.while_token.span));
            self.visit_block_mut(&mut node.body);
        }
    }

    fn visit_expr_loop_mut(&mut self, node: &mut ExprLoop) {
        self.marker(&mut node.attrs, None);
        self.other.get_or_insert(Other::Uncounted(node.loop_token.span));
        visit_mut::visit_expr_loop_mut(self, node);
    }

    fn visit_expr_block_mut(&mut self, node: &mut ExprBlock) {
        if let Some(first) = node.attrs.iter().find(|a| Layer::of(a.path()).is_some()) {
            self.markers += 1;
            self.errors.at(first, "only loops can run in parallel: put this directly on the `for`");
        }
        visit_mut::visit_expr_block_mut(self, node);
    }

    fn visit_expr_closure_mut(&mut self, node: &mut ExprClosure) {
        self.closures += 1;
        visit_mut::visit_expr_closure_mut(self, node);
        self.closures -= 1;
    }

    fn visit_expr_async_mut(&mut self, node: &mut ExprAsync) {
        self.closures += 1;
        visit_mut::visit_expr_async_mut(self, node);
        self.closures -= 1;
    }

    fn visit_item_mut(&mut self, node: &mut Item) {
        if let Item::Fn(inner) = node
            && has_loop(inner)
        {
            self.other.get_or_insert(Other::Inner(inner.sig.ident.clone()));
        }
    }
}

/// Whether there is a `for` loop anywhere in `function`.
fn has_loop(function: &ItemFn) -> bool {
    struct Any(bool);
    impl<'a> Visit<'a> for Any {
        fn visit_expr_for_loop(&mut self, _: &'a ExprForLoop) {
            self.0 = true;
        }
    }
    let mut any = Any(false);
    any.visit_item_fn(function);
    any.0
}

impl Stack {
    /// The function's attributes as defaults of a marked loop's own.
    fn inherit(&mut self, function: &Self) {
        let Keys {
            workers,
            name,
            pool,
            scratch,
            reduce,
            errors,
            timeout,
            progress,
            krate,
            explain,
            chunk,
            shards,
            queue,
            on_full,
            dropped,
            size,
            linger,
            refused,
        } = function.keys.clone();
        let keys = &mut self.keys;
        keys.workers = keys.workers.take().or(workers);
        keys.name = keys.name.take().or(name);
        keys.pool = keys.pool.take().or(pool);
        keys.errors = keys.errors.take().or(errors);
        keys.timeout = keys.timeout.take().or(timeout);
        keys.progress = keys.progress.take().or(progress);
        keys.krate = keys.krate.take().or(krate);
        keys.explain = keys.explain.take().or(explain);
        keys.chunk = keys.chunk.take().or(chunk);
        keys.shards = keys.shards.take().or(shards);
        keys.queue = keys.queue.take().or(queue);
        keys.on_full = keys.on_full.take().or(on_full);
        keys.dropped = keys.dropped.take().or(dropped);
        keys.size = keys.size.take().or(size);
        keys.linger = keys.linger.take().or(linger);
        keys.refused.extend(refused);
        // Lists are joined, entry by entry: what the loop says of a name wins.
        match (&mut keys.scratch, scratch) {
            (Some(own), Some(more)) => {
                for entry in more.value {
                    if !own.value.iter().any(|known| known.name == entry.name) {
                        own.value.push(entry);
                    }
                }
            }
            (own, more) => *own = own.take().or(more),
        }
        match (&mut keys.reduce, reduce) {
            (Some(own), Some(more)) => {
                for entry in more.value {
                    if !own.value.iter().any(|known| known.place == entry.place) {
                        own.value.push(entry);
                    }
                }
            }
            (own, more) => *own = own.take().or(more),
        }
        let layers = &mut self.layers;
        layers.pooled = layers.pooled.or(function.layers.pooled);
        layers.bounded = layers.bounded.or(function.layers.bounded);
        layers.batched = layers.batched.or(function.layers.batched);
        self.taken.extend(function.taken.iter().cloned());
        if self.text.is_empty() {
            self.text.clone_from(&function.text);
        }
    }
}
