//! Which variable each name means.
//!
//! Analysis works on a copy of the function in which every local variable has a name of its own:
//! `sum` becomes `sum·3`, binding and uses alike (`·` may stand in an identifier but nobody types
//! it). Shadowing is gone, so no later stage keeps track of scopes; the spans are untouched, and
//! [`Names::restore`] gives every identifier its own name back before it is emitted.
//!
//! Names in format strings, which are no tokens, are added to the macro call as an argument that
//! `restore` takes away again: `println!("{sum}", mentions·(sum·3))`.
//!
//! Items inside the function are left alone: they cannot name its variables.

mod resolve;

use std::collections::HashMap;

use proc_macro2::{Group, TokenStream, TokenTree};
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, ExprPath, FnArg, Ident, Item, ItemFn, Macro, Pat, ReceiverKind, Type};

use resolve::Resolver;

/// A variable of the function: an index into [`Names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Var(usize);

/// `self`.
pub(crate) const SELF: Var = Var(0);

/// How a variable came to be.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// A parameter of the function with this type, or `self`.
    Parameter(Option<Type>),
    /// `let name: type = value;`, the variable being the whole pattern.
    Let { declared: Option<Type>, value: Option<Expr> },
    /// Part of a larger pattern, a closure's parameter, a loop variable.
    Pattern,
}

/// What is known of a variable.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    /// Its name where it is declared.
    pub(crate) ident: Ident,
    /// Whether it is declared `mut`.
    pub(crate) mutable: bool,
    pub(crate) origin: Origin,
}

/// The variables of one function.
#[derive(Debug)]
pub(crate) struct Names {
    variables: Vec<Declared>,
    by_unique: HashMap<String, Var>,
}

/// The mark in unique names.
const MARK: char = '·';

/// The name of the call that stands for names in a format string; with a comma of ours before it,
/// and with the user's.
const MENTIONS: &str = "mentions·";
const MENTIONS_AFTER_COMMA: &str = "mentions·after·comma";

fn unique(ident: &Ident, var: Var) -> Ident {
    if var == SELF {
        return ident.clone();
    }
    let name = ident.to_string();
    Ident::new(&format!("{}{MARK}{}", name.trim_start_matches("r#"), var.0), ident.span())
}

impl Names {
    /// Gives every variable of `function` its own name.
    pub(crate) fn resolve(function: &mut ItemFn) -> Self {
        let receiver = function.sig.receiver();
        let this = Declared {
            ident: Ident::new("self", proc_macro2::Span::call_site()),
            mutable: receiver.is_some_and(|receiver| receiver.mutability.is_some()),
            origin: Origin::Parameter(receiver.map(|receiver| match &receiver.kind {
                ReceiverKind::Reference(and, lifetime, mutability) => {
                    syn::parse_quote!(#and #lifetime #mutability Self)
                }
                ReceiverKind::Typed(_, declared) => (**declared).clone(),
                _ => syn::parse_quote!(Self),
            })),
        };
        let mut names = Self { variables: vec![this], by_unique: HashMap::new() };
        let mut resolver = Resolver { names: &mut names, scopes: vec![HashMap::new()] };
        for input in &mut function.sig.inputs {
            if let FnArg::Typed(input) = input {
                let whole = Some(Origin::Parameter(Some((*input.ty).clone())));
                resolver.bind(&mut input.pat, whole);
            }
        }
        resolver.visit_block_mut(&mut function.block);
        names
    }

    /// The variable that a unique name (or `self`) means; `None` for functions, constants ...
    pub(crate) fn var(&self, ident: &Ident) -> Option<Var> {
        if ident == "self" {
            return Some(SELF);
        }
        let name = ident.to_string();
        name.contains(MARK).then(|| self.by_unique.get(&name).copied()).flatten()
    }

    /// The variable that an expression is.
    pub(crate) fn of_path(&self, path: &ExprPath) -> Option<Var> {
        if path.qself.is_some() { None } else { self.var(path.path.get_ident()?) }
    }

    /// Whether the function declares a variable of this name anywhere.
    pub(crate) fn declares(&self, name: &Ident) -> bool {
        self.variables.iter().any(|declared| declared.ident == *name)
    }

    /// What is known of a variable.
    pub(crate) fn declared(&self, var: Var) -> &Declared {
        &self.variables[var.0]
    }

    /// A variable's name as the user knows it.
    pub(crate) fn name(&self, var: Var) -> String {
        self.variables[var.0].ident.to_string()
    }

    /// A variable's own name in the copy.
    pub(crate) fn unique(&self, var: Var) -> Ident {
        let ident = &self.variables[var.0].ident;
        unique(ident, var)
    }

    /// The variables that the tokens of an unknown macro mention.
    pub(crate) fn in_tokens(&self, tokens: &TokenStream) -> Vec<(Var, Ident)> {
        let mut found = Vec::new();
        for token in tokens.clone() {
            match token {
                TokenTree::Group(group) => found.extend(self.in_tokens(&group.stream())),
                TokenTree::Ident(ident) => {
                    found.extend(self.var(&ident).map(|var| (var, ident)));
                }
                _ => {}
            }
        }
        found
    }

    /// Gives the identifiers of some syntax their own names back.
    pub(crate) fn restore_expr(&self, mut node: Expr) -> Expr {
        Restorer(self).visit_expr_mut(&mut node);
        node
    }

    /// [`restore_expr`](Self::restore_expr) for a block.
    pub(crate) fn restore_block(&self, mut node: Block) -> Block {
        Restorer(self).visit_block_mut(&mut node);
        node
    }

    /// [`restore_expr`](Self::restore_expr) for a pattern.
    pub(crate) fn restore_pat(&self, mut node: Pat) -> Pat {
        Restorer(self).visit_pat_mut(&mut node);
        node
    }

    /// [`restore_expr`](Self::restore_expr) for a function.
    pub(crate) fn restore_function(&self, mut node: ItemFn) -> ItemFn {
        for input in &mut node.sig.inputs {
            if let FnArg::Typed(input) = input {
                Restorer(self).visit_pat_mut(&mut input.pat);
            }
        }
        Restorer(self).visit_block_mut(&mut node.block);
        node
    }

    /// An identifier under its own name.
    pub(crate) fn restore_ident(&self, ident: &Ident) -> Ident {
        match self.var(ident) {
            Some(var) => {
                let mut own = self.variables[var.0].ident.clone();
                own.set_span(ident.span());
                own
            }
            None => ident.clone(),
        }
    }

    /// Tokens with every name restored.
    pub(crate) fn restore_tokens(&self, tokens: TokenStream) -> TokenStream {
        let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
        if let [.., TokenTree::Ident(last), TokenTree::Group(_)] = tokens.as_slice() {
            let ours = *last == MENTIONS;
            if ours || *last == MENTIONS_AFTER_COMMA {
                tokens.truncate(tokens.len() - 2 - usize::from(ours));
            }
        }
        tokens
            .into_iter()
            .map(|token| match token {
                TokenTree::Group(group) => {
                    let mut own =
                        Group::new(group.delimiter(), self.restore_tokens(group.stream()));
                    own.set_span(group.span());
                    own.into()
                }
                TokenTree::Ident(ident) => self.restore_ident(&ident).into(),
                other => other,
            })
            .collect()
    }
}

struct Restorer<'a>(&'a Names);

impl VisitMut for Restorer<'_> {
    fn visit_ident_mut(&mut self, node: &mut Ident) {
        *node = self.0.restore_ident(node);
    }
    fn visit_macro_mut(&mut self, node: &mut Macro) {
        node.tokens = self.0.restore_tokens(std::mem::take(&mut node.tokens));
    }
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_attribute_mut(&mut self, _: &mut syn::Attribute) {}
}
