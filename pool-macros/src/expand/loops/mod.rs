//! Loop mode: the function with its parallel loops handed to the driver.

mod batch_uses;
mod body;
pub(super) mod call;
mod early;
mod exit;
mod output;
mod prepare;
mod returns;
mod source;
mod spans;
mod stream;
mod taken;
mod turns;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprAsync, ExprClosure, ItemFn, ReturnType, Stmt};

use crate::analyse::{self, Facts, names::Names};
use crate::diagnostics::Errors;
use crate::model::{LoopPlan, parallel_index, take_parallel_index};

/// An identifier of ours, which the user's code cannot see.
fn ours(name: &str, span: Span) -> Ident {
    Ident::new(name, Span::mixed_site().located_at(span))
}

/// The function whose loops run in parallel. `errors` gets what analysis refuses; the output is
/// then not used.
pub(crate) fn expand(mut plan: LoopPlan, errors: &Errors) -> TokenStream {
    stream::WhileLets(&mut plan.loops, errors).visit_block_mut(&mut plan.function.block);
    let names = Names::resolve(&mut plan.function);
    let runtime = &plan.runtime;
    let private = quote!(#runtime::__private);
    let facts = analyse::of_function(&plan.function, &plan.loops, &names, &private, errors);
    if errors.any() {
        return TokenStream::new();
    }
    let empty = Block { brace_token: plan.function.block.brace_token, stmts: Vec::new() };
    let mut block = std::mem::replace(&mut *plan.function.block, empty);
    let mut lower = Lower {
        plan: &plan,
        names: &names,
        facts: &facts,
        output: vec![plan.function.sig.output.clone()],
        errors,
    };
    lower.visit_block_mut(&mut block);
    let mut function = plan.function;
    *function.block = block;
    declarations(&mut function, &facts, &names);
    names.restore_function(function).into_token_stream()
}

/// Replaces the parallel loops.
struct Lower<'a> {
    plan: &'a LoopPlan,
    names: &'a Names,
    facts: &'a [Option<Facts>],
    /// The declared return types of the function and of the closures around this place.
    output: Vec<ReturnType>,
    errors: &'a Errors,
}

impl VisitMut for Lower<'_> {
    fn visit_expr_mut(&mut self, node: &mut Expr) {
        if let Expr::ForLoop(found) = node
            && let Some(index) = parallel_index(&found.attrs)
            && let Some(Some(facts)) = self.facts.get(index)
        {
            take_parallel_index(&mut found.attrs);
            let request = call::Request {
                plan: self.plan,
                parallel: &self.plan.loops[index],
                names: self.names,
                facts,
                output: self.output.last().unwrap_or(&ReturnType::Default),
                errors: self.errors,
            };
            exit::check_returns(&request);
            let Expr::ForLoop(found) = std::mem::replace(node, Expr::Verbatim(TokenStream::new()))
            else {
                return;
            };
            *node = Expr::Verbatim(call::lower(found, &request));
            return;
        }
        match node {
            Expr::ForLoop(found) => {
                take_parallel_index(&mut found.attrs);
            }
            Expr::While(found) => {
                take_parallel_index(&mut found.attrs);
            }
            _ => {}
        }
        visit_mut::visit_expr_mut(self, node);
    }

    fn visit_expr_closure_mut(&mut self, node: &mut ExprClosure) {
        self.output.push(node.output.clone());
        visit_mut::visit_expr_closure_mut(self, node);
        self.output.pop();
    }

    fn visit_expr_async_mut(&mut self, node: &mut ExprAsync) {
        self.output.push(ReturnType::Default);
        visit_mut::visit_expr_async_mut(self, node);
        self.output.pop();
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// Adjusts the declarations of variables that the loops have private or as working space.
fn declarations(function: &mut ItemFn, facts: &[Option<Facts>], names: &Names) {
    let privates: Vec<_> =
        facts.iter().flatten().flat_map(|facts| facts.verdict.privates.iter().copied()).collect();
    if privates.is_empty() {
        return;
    }
    let mut text = String::new();
    MentionedOutside.collect(&function.block, &mut text);
    struct Remove<'a> {
        privates: &'a [analyse::names::Var],
        names: &'a Names,
        mentions: &'a str,
    }
    impl Remove<'_> {
        /// Whether the variable is private to the loops and named nowhere else.
        fn removable(&self, name: &Ident) -> bool {
            self.names.var(name).is_some_and(|var| self.privates.contains(&var))
                && self.mentions.matches(&format!("{name} ")).count() <= 1
        }
    }
    impl VisitMut for Remove<'_> {
        fn visit_block_mut(&mut self, node: &mut Block) {
            node.stmts.retain(|stmt| {
                let Stmt::Local(local) = stmt else { return true };
                let pattern = match &local.pat {
                    syn::Pat::Type(typed) => &*typed.pat,
                    other => other,
                };
                if let (syn::Pat::Tuple(tuple), None) = (pattern, &local.init) {
                    // `let (mut a, mut b);`
                    return !tuple.elems.iter().all(|part| match part {
                        syn::Pat::Ident(name) => self.removable(&name.ident),
                        _ => false,
                    });
                }
                let syn::Pat::Ident(name) = pattern else { return true };
                let quiet =
                    local.init.as_ref().is_none_or(|init| matches!(*init.expr, Expr::Lit(_)));
                !(quiet && self.removable(&name.ident))
            });
            visit_mut::visit_block_mut(self, node);
        }
        fn visit_item_mut(&mut self, _: &mut syn::Item) {}
    }
    Remove { privates: &privates, names, mentions: &text }.visit_block_mut(&mut function.block);
}

/// The tokens of a function outside of its lowered loops, whose names are restored already.
struct MentionedOutside;

impl MentionedOutside {
    fn collect(&self, block: &Block, text: &mut String) {
        *text = format!("{} ", block.to_token_stream());
    }
}
