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

use std::collections::HashMap;

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Block, Expr, ExprClosure, ExprForLoop, ExprIf, ExprLet, ExprPath, ExprStruct, ExprWhile,
    FnArg, Ident, Item, ItemFn, Local, Macro, Pat, PatIdent, PatTuple, ReceiverKind, Type,
};

use super::macros::{self, Part};

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

struct Resolver<'a> {
    names: &'a mut Names,
    /// Innermost last: from a name to its unique identifier.
    scopes: Vec<HashMap<String, String>>,
}

impl Resolver<'_> {
    fn lookup(&self, ident: &Ident) -> Option<Ident> {
        let name = ident.to_string();
        let unique = self.scopes.iter().rev().find_map(|scope| scope.get(&name))?;
        Some(Ident::new(unique, ident.span()))
    }

    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        self.scopes.push(HashMap::new());
        inside(self);
        self.scopes.pop();
    }

    /// Declares the variables of a pattern in the innermost scope. `whole` is their origin if the
    /// pattern is nothing but a name.
    fn bind(&mut self, pattern: &mut Pat, whole: Option<Origin>) {
        let whole = match pattern {
            Pat::Ident(PatIdent { by_ref: None, subpat: None, .. }) => whole,
            _ => None,
        };
        let fresh = HashMap::new();
        let mut binder = Binder { resolver: self, whole, fresh };
        binder.visit_pat_mut(pattern);
        let fresh = binder.fresh;
        if let Some(scope) = self.scopes.last_mut() {
            scope.extend(fresh);
        }
        Guards(self).visit_pat_mut(pattern);
    }

    fn rename_tokens(&self, tokens: TokenStream) -> TokenStream {
        let mut after_dot = false;
        tokens
            .into_iter()
            .map(|token| {
                let field = std::mem::replace(&mut after_dot, false);
                match token {
                    TokenTree::Group(group) => {
                        let mut own =
                            Group::new(group.delimiter(), self.rename_tokens(group.stream()));
                        own.set_span(group.span());
                        own.into()
                    }
                    TokenTree::Ident(ident) if !field => {
                        self.lookup(&ident).unwrap_or(ident).into()
                    }
                    TokenTree::Punct(dot) => {
                        after_dot =
                            dot.as_char() == '.' && dot.spacing() == proc_macro2::Spacing::Alone;
                        dot.into()
                    }
                    other => other,
                }
            })
            .collect()
    }

    /// Adds the variables that a call's format strings name as an argument.
    fn mention(&self, call: &mut Macro, names: &[String]) {
        // What a message about the name underlines: the format string.
        let span = call.tokens.clone().into_iter().find_map(|token| match token {
            TokenTree::Literal(text) => Some(text.span()),
            _ => None,
        });
        let span = span.unwrap_or_else(proc_macro2::Span::call_site);
        let mut unique: Vec<Ident> =
            names.iter().filter_map(|name| self.lookup(&raw_or_plain(name, span))).collect();
        unique.dedup();
        if unique.is_empty() {
            return;
        }
        let after_comma = call.tokens.clone().into_iter().last().is_some_and(
            |token| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ','),
        );
        let (comma, name) =
            if after_comma { (None, MENTIONS_AFTER_COMMA) } else { (Some(quote!(,)), MENTIONS) };
        let name = Ident::new(name, span);
        call.tokens.extend(quote!(#comma #name(#(#unique),*)));
    }
}

/// A name from a format string as an identifier: `{type}` is not Rust, so no raw ones.
fn raw_or_plain(name: &str, span: proc_macro2::Span) -> Ident {
    syn::parse_str::<Ident>(name).map_or_else(
        |_| Ident::new("_", span),
        |mut ident| {
            ident.set_span(span);
            ident
        },
    )
}

/// The string literals in some tokens.
fn literals(tokens: &TokenStream, found: &mut Vec<String>) {
    for token in tokens.clone() {
        match token {
            TokenTree::Group(group) => literals(&group.stream(), found),
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse2::<syn::LitStr>(literal.into_token_stream()) {
                    found.push(text.value());
                }
            }
            _ => {}
        }
    }
}

impl VisitMut for Resolver<'_> {
    fn visit_expr_path_mut(&mut self, node: &mut ExprPath) {
        if node.qself.is_none()
            && let Some(ident) = node.path.get_ident()
            && let Some(unique) = self.lookup(ident)
        {
            node.path = unique.into();
        }
    }

    fn visit_expr_struct_mut(&mut self, node: &mut ExprStruct) {
        // Not the path: it names a type.
        for field in &mut node.fields {
            self.visit_expr_mut(&mut field.expr);
        }
        if let Some(rest) = &mut node.rest {
            self.visit_expr_mut(rest);
        }
    }

    fn visit_block_mut(&mut self, node: &mut Block) {
        self.scoped(|this| visit_mut::visit_block_mut(this, node));
    }

    fn visit_local_mut(&mut self, node: &mut Local) {
        if let Some(init) = &mut node.init {
            self.visit_expr_mut(&mut init.expr);
            if let Some((_, otherwise)) = &mut init.diverge {
                self.visit_expr_mut(otherwise);
            }
        }
        let value = node.init.as_ref().map(|init| (*init.expr).clone());
        match &mut node.pat {
            Pat::Type(typed) => {
                let declared = Some((*typed.ty).clone());
                self.bind(&mut typed.pat, Some(Origin::Let { declared, value }));
            }
            Pat::Tuple(tuple) => {
                let mut values = shared_parts(tuple, value.as_ref()).into_iter();
                for pattern in &mut tuple.elems {
                    self.bind(pattern, values.next().flatten());
                }
            }
            pattern => self.bind(pattern, Some(Origin::Let { declared: None, value })),
        }
    }

    fn visit_expr_let_mut(&mut self, node: &mut ExprLet) {
        self.visit_expr_mut(&mut node.expr);
        self.bind(&mut node.pat, None);
    }

    fn visit_expr_if_mut(&mut self, node: &mut ExprIf) {
        self.scoped(|this| {
            this.visit_expr_mut(&mut node.cond);
            this.visit_block_mut(&mut node.then_branch);
        });
        if let Some((_, otherwise)) = &mut node.else_branch {
            self.visit_expr_mut(otherwise);
        }
    }

    fn visit_expr_while_mut(&mut self, node: &mut ExprWhile) {
        self.scoped(|this| {
            this.visit_expr_mut(&mut node.cond);
            this.visit_block_mut(&mut node.body);
        });
    }

    fn visit_expr_for_loop_mut(&mut self, node: &mut ExprForLoop) {
        self.visit_expr_mut(&mut node.expr);
        self.scoped(|this| {
            this.bind(&mut node.pat, None);
            this.visit_block_mut(&mut node.body);
        });
    }

    fn visit_arm_mut(&mut self, node: &mut Arm) {
        self.scoped(|this| {
            this.bind(&mut node.pat, None);
            this.visit_expr_mut(&mut node.body);
        });
    }

    fn visit_expr_closure_mut(&mut self, node: &mut ExprClosure) {
        self.scoped(|this| {
            for input in &mut node.inputs {
                this.bind(input, None);
            }
            this.visit_expr_mut(&mut node.body);
        });
    }

    fn visit_macro_mut(&mut self, node: &mut Macro) {
        let inline = macros::inline_names(node);
        let known = self.with_macro_scope(node);
        if known {
            self.mention(node, &inline);
        } else {
            let mut texts = Vec::new();
            literals(&node.tokens, &mut texts);
            let named: Vec<String> = texts.iter().flat_map(|text| macros::named_in(text)).collect();
            node.tokens = self.rename_tokens(node.tokens.clone());
            self.mention(node, &named);
        }
    }

    // Neither names variables.
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_type_mut(&mut self, _: &mut Type) {}
    fn visit_attribute_mut(&mut self, _: &mut syn::Attribute) {}
}

impl Resolver<'_> {
    /// Resolves the arguments of one of std's macros; the pattern of `matches!` has them to itself.
    fn with_macro_scope(&mut self, node: &mut Macro) -> bool {
        self.scopes.push(HashMap::new());
        let known = macros::arguments_mut(node, |part| match part {
            Part::Value(value) => self.visit_expr_mut(value),
            Part::Pattern(pattern) => self.bind(pattern, None),
        });
        self.scopes.pop();
        known
    }
}

/// Gives the names of one pattern their variables: those of `A(x) | B(x)` are one.
struct Binder<'a, 'b> {
    resolver: &'a mut Resolver<'b>,
    whole: Option<Origin>,
    fresh: HashMap<String, String>,
}

impl VisitMut for Binder<'_, '_> {
    fn visit_pat_ident_mut(&mut self, node: &mut PatIdent) {
        let plain = node.by_ref.is_none() && node.mutability.is_none() && node.subpat.is_none();
        let name = node.ident.to_string();
        if plain && name.starts_with(char::is_uppercase) {
            // A constant or a variant.
            return;
        }
        let unique = if let Some(unique) = self.fresh.get(&name) {
            unique.clone()
        } else {
            let names = &mut *self.resolver.names;
            let var = Var(names.variables.len());
            let unique = unique(&node.ident, var).to_string();
            names.variables.push(Declared {
                ident: node.ident.clone(),
                mutable: node.mutability.is_some(),
                origin: self.whole.clone().unwrap_or(Origin::Pattern),
            });
            names.by_unique.insert(unique.clone(), var);
            self.fresh.insert(name, unique.clone());
            unique
        };
        node.ident = Ident::new(&unique, node.ident.span());
        if let Some((_, inner)) = &mut node.subpat {
            self.visit_pat_mut(inner);
        }
    }

    // Values in patterns are constants; guards are resolved when everything is bound.
    fn visit_expr_mut(&mut self, _: &mut Expr) {}
    fn visit_path_mut(&mut self, _: &mut syn::Path) {}
    fn visit_type_mut(&mut self, _: &mut Type) {}
    fn visit_attribute_mut(&mut self, _: &mut syn::Attribute) {}
}

/// Resolves the guards of a pattern whose names are bound.
struct Guards<'a, 'b>(&'a mut Resolver<'b>);

impl VisitMut for Guards<'_, '_> {
    fn visit_pat_guard_mut(&mut self, node: &mut syn::PatGuard) {
        self.visit_pat_mut(&mut node.pat);
        self.0.visit_expr_mut(&mut node.guard);
    }
    fn visit_expr_mut(&mut self, _: &mut Expr) {}
}

/// Where the parts of `let (a, b) = (&x, y);` come from, as far as they are shared references.
fn shared_parts(tuple: &PatTuple, value: Option<&Expr>) -> Vec<Option<Origin>> {
    let whole = tuple.elems.iter().all(|part| !matches!(part, Pat::Rest(_)));
    let parts: Vec<Expr> = match value {
        Some(Expr::Tuple(values)) if whole => values.elems.iter().cloned().collect(),
        _ => Vec::new(),
    };
    let shared = |part: Expr| match &part {
        Expr::Reference(reference) if reference.mutability.is_none() => {
            Some(Origin::Let { declared: None, value: Some(part) })
        }
        _ => None,
    };
    parts.into_iter().map(shared).collect()
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
