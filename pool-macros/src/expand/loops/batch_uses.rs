//! The uses of a batch that rustc may have something to say of.
//!
//! ```text
//! from: send(batch);
//! into: the_loop_variable_is_a_batch!(batch: send(batch));      which becomes send(batch) again
//! ```
//!
//! A body that takes the batch for an item is answered by rustc, at the user's own line. What it
//! says of code that a macro made ends in a note that names the macro, and this is the one way on
//! stable Rust to add to an error of rustc's. So what may be such a mistake goes through a macro
//! whose name is the note: see [`batch_note`](crate::expand::batch_note), which gives the tokens
//! back as they are.
//!
//! Left alone is what is sure to be meant for a batch: `for item in batch`, `batch[i]`, the methods
//! that slices and vectors have.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, FieldValue, Item, Local, Macro, UnOp, parse_quote};

use super::spans::{call_between, first, last};
use crate::analyse::names::{Names, Var};
use crate::analyse::place::peel;
use crate::expand::batch_note::NAME;

/// Marks what `body` does with the batch `var`. `ours` are identifiers that only our own context
/// resolves.
pub(super) fn mark(
    body: &mut Block,
    var: Var,
    names: &Names,
    private: &TokenStream,
    ours: Vec<&Ident>,
) {
    Mark { var, names, private, ours }.visit_block_mut(body);
}

struct Mark<'a> {
    var: Var,
    names: &'a Names,
    private: &'a TokenStream,
    ours: Vec<&'a Ident>,
}

impl Mark<'_> {
    /// Whether an expression is the batch itself, or a reference to it.
    fn is_batch(&self, node: &Expr) -> bool {
        match peel(node) {
            Expr::Path(path) => self.names.of_path(path) == Some(self.var),
            Expr::Reference(reference) => self.is_batch(&reference.expr),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => self.is_batch(&unary.expr),
            _ => false,
        }
    }

    /// Whether a method's receiver starts with an identifier of ours, which the macro would give
    /// another context.
    fn is_ours(&self, receiver: &Expr) -> bool {
        let first = receiver.to_token_stream().into_iter().next();
        matches!(first, Some(TokenTree::Ident(first)) if self.ours.contains(&&first))
    }

    /// Puts the expression through the macro, as if the user had written that here: rustc then
    /// points at this line, and nowhere else.
    fn through(&self, node: &mut Expr) {
        let tokens = node.to_token_stream();
        let (at, last) = (first(&tokens), last(&tokens));
        let path = self.private.clone().into_iter().map(|mut token| {
            token.set_span(at);
            token
        });
        let mut batch = self.names.unique(self.var);
        batch.set_span(at);
        let inside = quote_spanned!(at=> #batch: #tokens);
        let call = call_between(&path.collect(), NAME, inside, at, last);
        *node = parse_quote!(#call);
    }

    fn operand(&self, node: &mut Expr) {
        if self.is_batch(node) {
            self.through(node);
        }
    }
}

impl VisitMut for Mark<'_> {
    fn visit_expr_mut(&mut self, node: &mut Expr) {
        // Whether rustc would point at the call, or at one operand of it.
        let marks = match node {
            Expr::Call(call) => call.args.iter().any(|argument| self.is_batch(argument)),
            Expr::MethodCall(call) => {
                call.args.iter().any(|argument| self.is_batch(argument))
                    && !self.is_ours(&call.receiver)
                    || self.is_batch(&call.receiver)
                        && !OF_A_BATCH.contains(&call.method.to_string().as_str())
            }
            Expr::Binary(binary) => self.is_batch(&binary.left) || self.is_batch(&binary.right),
            _ => false,
        };
        visit_mut::visit_expr_mut(self, node);
        if marks {
            self.through(node);
            return;
        }
        match node {
            Expr::Assign(assign) => self.operand(&mut assign.right),
            Expr::Return(found) => {
                found.expr.iter_mut().for_each(|value| self.operand(value));
            }
            Expr::Break(found) => {
                found.expr.iter_mut().for_each(|value| self.operand(value));
            }
            Expr::Tuple(tuple) => tuple.elems.iter_mut().for_each(|part| self.operand(part)),
            Expr::Array(array) => array.elems.iter_mut().for_each(|part| self.operand(part)),
            _ => {}
        }
    }

    fn visit_local_mut(&mut self, node: &mut Local) {
        visit_mut::visit_local_mut(self, node);
        if let Some(init) = &mut node.init {
            self.operand(&mut init.expr);
        }
    }

    fn visit_field_value_mut(&mut self, node: &mut FieldValue) {
        visit_mut::visit_field_value_mut(self, node);
        if node.colon_token.is_some() {
            self.operand(&mut node.expr);
        }
    }

    fn visit_macro_mut(&mut self, _: &mut Macro) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}

/// What slices and vectors have, also by the traits that nearly every type has.
const OF_A_BATCH: &[&str] = &[
    "append",
    "array_chunks",
    "array_windows",
    "as_array",
    "as_chunks",
    "as_mut",
    "as_mut_ptr",
    "as_mut_slice",
    "as_ptr",
    "as_ptr_range",
    "as_ref",
    "as_rchunks",
    "as_slice",
    "binary_search",
    "binary_search_by",
    "binary_search_by_key",
    "borrow",
    "borrow_mut",
    "capacity",
    "chunk_by",
    "chunk_by_mut",
    "chunks",
    "chunks_exact",
    "chunks_exact_mut",
    "chunks_mut",
    "clear",
    "clone",
    "clone_from",
    "clone_from_slice",
    "cmp",
    "concat",
    "contains",
    "copy_from_slice",
    "copy_within",
    "dedup",
    "dedup_by",
    "dedup_by_key",
    "deref",
    "deref_mut",
    "drain",
    "ends_with",
    "eq",
    "extend",
    "extend_from_slice",
    "extend_from_within",
    "extract_if",
    "fill",
    "fill_with",
    "first",
    "first_chunk",
    "first_mut",
    "ge",
    "get",
    "get_mut",
    "gt",
    "hash",
    "insert",
    "into",
    "into_boxed_slice",
    "into_iter",
    "is_empty",
    "is_sorted",
    "is_sorted_by",
    "is_sorted_by_key",
    "iter",
    "iter_mut",
    "join",
    "last",
    "last_chunk",
    "last_mut",
    "le",
    "leak",
    "len",
    "lt",
    "max",
    "min",
    "ne",
    "par_chunks",
    "par_iter",
    "partial_cmp",
    "partition_point",
    "pop",
    "pop_if",
    "push",
    "rchunks",
    "rchunks_exact",
    "remove",
    "repeat",
    "reserve",
    "reserve_exact",
    "resize",
    "resize_with",
    "retain",
    "retain_mut",
    "reverse",
    "rotate_left",
    "rotate_right",
    "rsplit",
    "rsplitn",
    "select_nth_unstable",
    "set_len",
    "shrink_to",
    "shrink_to_fit",
    "sort",
    "sort_by",
    "sort_by_cached_key",
    "sort_by_key",
    "sort_unstable",
    "sort_unstable_by",
    "sort_unstable_by_key",
    "spare_capacity_mut",
    "splice",
    "split",
    "split_at",
    "split_at_checked",
    "split_at_mut",
    "split_first",
    "split_first_mut",
    "split_inclusive",
    "split_last",
    "split_last_mut",
    "split_mut",
    "split_off",
    "splitn",
    "starts_with",
    "strip_prefix",
    "strip_suffix",
    "swap",
    "swap_remove",
    "swap_with_slice",
    "to_owned",
    "to_vec",
    "truncate",
    "try_into",
    "try_reserve",
    "windows",
];
