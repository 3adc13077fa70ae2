//! Macro calls: the one place where code is tokens and not syntax.
//!
//! The arguments of std's macros are expressions like any others (`println!("{}", f()?)`), and
//! their format strings name variables (`"{total}"`). Of other macros only the tokens are known.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Macro, Pat, Path, Token};

/// How the tokens of a macro call read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Expressions; the one at this index may be a format string.
    Format(usize),
    /// `vec![a, b]`, `vec![a; n]`, `dbg!(a)`.
    List,
    /// `matches!(value, pattern)`.
    Matches,
    /// Names no variable: `stringify!`, `line!`.
    Inert,
    /// Not one of std's.
    Unknown,
}

/// What std's macro of this name takes; any other path is unknown.
pub(crate) fn shape(path: &Path) -> Shape {
    let Some(last) = path.segments.last() else { return Shape::Unknown };
    let first = &path.segments[0].ident;
    let std = path.segments.len() == 1
        || path.segments.len() == 2 && (first == "std" || first == "core" || first == "alloc");
    if !std {
        return Shape::Unknown;
    }
    match last.ident.to_string().as_str() {
        "print" | "println" | "eprint" | "eprintln" | "format" | "format_args" | "panic"
        | "unreachable" | "todo" | "unimplemented" => Shape::Format(0),
        "write" | "writeln" | "assert" | "debug_assert" => Shape::Format(1),
        "assert_eq" | "assert_ne" | "debug_assert_eq" | "debug_assert_ne" => Shape::Format(2),
        "vec" | "dbg" => Shape::List,
        "matches" => Shape::Matches,
        "stringify" | "concat" | "env" | "option_env" | "file" | "line" | "column"
        | "module_path" | "include" | "include_str" | "include_bytes" | "cfg" => Shape::Inert,
        _ => Shape::Unknown,
    }
}

/// Whether a call of this macro never comes back.
pub(crate) fn diverges(path: &Path) -> bool {
    shape(path) == Shape::Format(0)
        && path.segments.last().is_some_and(|last| {
            ["panic", "unreachable", "todo", "unimplemented"].iter().any(|name| last.ident == name)
        })
}

/// One argument: `e`, or `name = e` in a format macro.
struct Argument {
    name: Option<(Ident, Token![=])>,
    value: Expr,
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let named = input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]);
        let name = if named { Some((input.parse()?, input.parse()?)) } else { None };
        Ok(Self { name, value: input.parse()? })
    }
}

impl ToTokens for Argument {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        if let Some((name, is)) = &self.name {
            name.to_tokens(tokens);
            is.to_tokens(tokens);
        }
        self.value.to_tokens(tokens);
    }
}

/// The tokens of a call to one of std's macros, as syntax.
enum Call {
    List(Punctuated<Argument, Token![,]>),
    Repeat(Box<Expr>, Token![;], Box<Expr>),
    Matches(Box<Expr>, Token![,], Box<Pat>, Option<Token![,]>),
}

impl Call {
    fn of(call: &Macro) -> Option<Self> {
        match shape(&call.path) {
            Shape::Inert | Shape::Unknown => None,
            Shape::Format(_) => Self::list.parse2(call.tokens.clone()).ok(),
            Shape::List => {
                let either = |input: ParseStream<'_>| {
                    let fork = input.fork();
                    let _: Expr = fork.parse()?;
                    if fork.peek(Token![;]) {
                        Ok(Self::Repeat(input.parse()?, input.parse()?, input.parse()?))
                    } else {
                        Self::list(input)
                    }
                };
                if call.tokens.is_empty() {
                    return Some(Self::List(Punctuated::new()));
                }
                either.parse2(call.tokens.clone()).ok()
            }
            Shape::Matches => {
                let matches = |input: ParseStream<'_>| {
                    Ok(Self::Matches(
                        input.parse()?,
                        input.parse()?,
                        Box::new(Pat::parse_multi_with_leading_vert(input).and_then(|pat| {
                            if input.peek(Token![if]) {
                                Ok(Pat::Guard(syn::PatGuard {
                                    attrs: Vec::new(),
                                    pat: Box::new(pat),
                                    if_token: input.parse()?,
                                    guard: input.parse()?,
                                }))
                            } else {
                                Ok(pat)
                            }
                        })?),
                        input.parse()?,
                    ))
                };
                matches.parse2(call.tokens.clone()).ok()
            }
        }
    }

    fn list(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self::List(Punctuated::parse_terminated(input)?))
    }

    fn into_tokens(self) -> TokenStream {
        let mut tokens = TokenStream::new();
        match self {
            Self::List(list) => list.to_tokens(&mut tokens),
            Self::Repeat(value, semicolon, times) => {
                value.to_tokens(&mut tokens);
                semicolon.to_tokens(&mut tokens);
                times.to_tokens(&mut tokens);
            }
            Self::Matches(value, comma, pattern, end) => {
                value.to_tokens(&mut tokens);
                comma.to_tokens(&mut tokens);
                pattern.to_tokens(&mut tokens);
                end.to_tokens(&mut tokens);
            }
        }
        tokens
    }
}

/// One part of a macro call's arguments that is syntax.
pub(crate) enum Part<'a> {
    Value(&'a mut Expr),
    /// The pattern of `matches!`; it may end in a guard.
    Pattern(&'a mut Pat),
}

/// Shows every argument of a call to one of std's macros, in order of evaluation, and puts back
/// what has been made of it. `false`: the tokens are not known to be expressions.
pub(crate) fn arguments_mut(call: &mut Macro, mut see: impl FnMut(Part<'_>)) -> bool {
    let Some(mut syntax) = Call::of(call) else {
        return shape(&call.path) == Shape::Inert;
    };
    match &mut syntax {
        Call::List(list) => {
            for argument in list.iter_mut() {
                see(Part::Value(&mut argument.value));
            }
        }
        Call::Repeat(value, _, times) => {
            see(Part::Value(value));
            see(Part::Value(times));
        }
        Call::Matches(value, _, pattern, _) => {
            see(Part::Value(value));
            see(Part::Pattern(pattern));
        }
    }
    call.tokens = syntax.into_tokens();
    true
}

/// The arguments of a call to one of std's macros, in order of evaluation; `None` if the tokens
/// are not known to be expressions. The guard of `matches!` is among them, its pattern is not.
pub(crate) fn arguments(call: &Macro) -> Option<Vec<Expr>> {
    let mut values = Vec::new();
    let known = arguments_mut(&mut call.clone(), |part| match part {
        Part::Value(value) => values.push(value.clone()),
        Part::Pattern(Pat::Guard(guarded)) => values.push((*guarded.guard).clone()),
        Part::Pattern(_) => {}
    });
    known.then_some(values)
}

/// The variables that the format string of a call names: `"{total:>width$}"` names two.
pub(crate) fn inline_names(call: &Macro) -> Vec<String> {
    let Shape::Format(index) = shape(&call.path) else { return Vec::new() };
    let Some(Call::List(list)) = Call::of(call) else { return Vec::new() };
    let Some(Expr::Lit(ExprLit { lit: Lit::Str(format), .. })) =
        list.get(index).map(|argument| &argument.value)
    else {
        return Vec::new();
    };
    let mut names = named_in(&format.value());
    names.retain(|name| {
        !list.iter().any(|argument| argument.name.as_ref().is_some_and(|(own, _)| own == name))
    });
    names
}

/// The names between the braces of a format string.
pub(crate) fn named_in(format: &str) -> Vec<String> {
    let mut names = Vec::new();
    for Placeholder { argument, spec } in placeholders(format) {
        names.push(argument.to_owned());
        // `width$` and `.precision$`
        for piece in spec.split('$').rev().skip(1) {
            let start = piece.rfind(|c: char| !(c.is_alphanumeric() || c == '_'));
            let start =
                start.map_or(0, |at| at + piece[at..].chars().next().map_or(1, char::len_utf8));
            names.push(piece[start..].to_owned());
        }
    }
    names.retain(|name| name.starts_with(|c: char| c.is_alphabetic() || c == '_'));
    names
}

/// `{argument:spec}`; both may be empty.
struct Placeholder<'a> {
    argument: &'a str,
    spec: &'a str,
}

/// What stands between the braces of a format string.
fn placeholders(format: &str) -> Vec<Placeholder<'_>> {
    let mut found = Vec::new();
    let mut rest = format;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(escaped) = rest.strip_prefix('{') {
            rest = escaped;
            continue;
        }
        let Some(close) = rest.find('}') else { break };
        let (argument, spec) = rest[..close].split_once(':').unwrap_or((&rest[..close], ""));
        found.push(Placeholder { argument: argument.trim(), spec: spec.trim_end() });
        rest = &rest[close + 1..];
    }
    found
}

/// What a call of a format macro prints otherwise than by `{:?}` and `{:p}`: the argument, or the
/// name in the format string, with the format string and the placeholder's `spec`.
pub(crate) fn displayed(call: &Macro) -> Vec<(Displayed, LitStr, String)> {
    let Shape::Format(index) = shape(&call.path) else { return Vec::new() };
    let Some(Call::List(list)) = Call::of(call) else { return Vec::new() };
    let mut arguments = list.iter().skip(index);
    let Some(Expr::Lit(ExprLit { lit: Lit::Str(format), .. })) =
        arguments.next().map(|argument| &argument.value)
    else {
        return Vec::new();
    };
    let arguments: Vec<&Argument> = arguments.collect();
    let mut next = 0;
    let mut found = Vec::new();
    for Placeholder { argument, spec } in placeholders(&format.value()) {
        next += usize::from(spec.contains(".*"));
        let named = || {
            let is_it =
                |one: &&&Argument| one.name.as_ref().is_some_and(|(own, _)| own == argument);
            arguments.iter().find(is_it).copied()
        };
        let at = if argument.is_empty() { Ok(next) } else { argument.parse::<usize>() };
        next += usize::from(argument.is_empty());
        if spec.ends_with('?') || spec.ends_with('p') {
            continue;
        }
        let what = match at {
            Ok(at) => arguments.get(at).map(|one| Displayed::Value(one.value.clone())),
            Err(_) => Some(named().map_or_else(
                || Displayed::Name(argument.to_owned()),
                |one| Displayed::Value(one.value.clone()),
            )),
        };
        found.extend(what.map(|what| (what, format.clone(), spec.to_owned())));
    }
    found
}

/// What a placeholder in a format string stands for.
pub(crate) enum Displayed {
    Value(Expr),
    /// `"{name}"`
    Name(String),
}

/// The first word that `is_it` says yes to, however deep in groups it stands.
pub(crate) fn first_word(tokens: &TokenStream, is_it: &dyn Fn(&Ident) -> bool) -> Option<Ident> {
    tokens.clone().into_iter().find_map(|token| match token {
        TokenTree::Group(group) => first_word(&group.stream(), is_it),
        TokenTree::Ident(word) => is_it(&word).then_some(word),
        _ => None,
    })
}

/// The first word in the tokens of an unknown macro that may leave something, and nobody knows
/// what.
pub(crate) fn opaque_exit(tokens: &TokenStream) -> Option<Ident> {
    first_word(tokens, &|word| word == "return" || word == "break" || word == "continue")
}

/// Whether the tokens of an unknown macro hold an `e?`, as opposed to a sigil (`?name`).
pub(crate) fn opaque_try(tokens: &TokenStream) -> bool {
    let mut after_value = false;
    for token in tokens.clone() {
        match token {
            TokenTree::Group(group) => {
                if opaque_try(&group.stream()) {
                    return true;
                }
                after_value = true;
            }
            TokenTree::Punct(mark) if mark.as_char() == '?' && after_value => return true,
            TokenTree::Punct(_) => after_value = false,
            TokenTree::Ident(_) | TokenTree::Literal(_) => after_value = true,
        }
    }
    false
}
