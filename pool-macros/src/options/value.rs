//! How the value of a key is read, and what is said about one of the wrong kind.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Expr, ExprLit, ExprUnary, Ident, Lit, LitInt, LitStr, Path, UnOp};

use super::Value;
use crate::diagnostics::{nearest, one_of};
use crate::model::{ErrorPolicy, Number, OnFull, Time};

/// A value about to be read, with what messages about it need.
pub(super) struct Source<'a> {
    pub(super) key: &'a Ident,
    pub(super) value: &'a Value,
    /// How the key is written.
    pub(super) form: &'static str,
}

impl Source<'_> {
    pub(super) fn wrong(
        &self,
        tokens: impl ToTokens,
        message: impl std::fmt::Display,
    ) -> syn::Error {
        syn::Error::new_spanned(tokens, message)
    }

    fn is(&self) -> syn::Result<&Expr> {
        match self.value {
            Value::Is(value) => Ok(peel(value)),
            Value::Word => {
                Err(self
                    .wrong(self.key, format!("`{}` has no value: write `{}`", self.key, self.form)))
            }
            Value::List(paren, _) => Err(syn::Error::new(
                paren.span.join(),
                format!("`{}` takes one value: write `{}`", self.key, self.form),
            )),
        }
    }

    /// Nothing but the key.
    pub(super) fn nothing(&self) -> syn::Result<()> {
        match self.value {
            Value::Word => Ok(()),
            Value::Is(value) => {
                Err(self.wrong(value, format!("`{}` takes no value: write `{0}`", self.key)))
            }
            Value::List(paren, _) => Err(syn::Error::new(
                paren.span.join(),
                format!("`{}` takes no list: write `{0}`", self.key),
            )),
        }
    }

    pub(super) fn list(&self) -> syn::Result<&TokenStream> {
        match self.value {
            Value::List(_, list) if !list.is_empty() => Ok(list),
            Value::List(paren, _) => Err(syn::Error::new(
                paren.span.join(),
                format!("`{}` names nothing: write `{}`", self.key, self.form),
            )),
            Value::Word => {
                Err(self
                    .wrong(self.key, format!("`{}` takes a list: write `{}`", self.key, self.form)))
            }
            Value::Is(value) => {
                Err(self
                    .wrong(value, format!("`{}` takes a list: write `{}`", self.key, self.form)))
            }
        }
    }

    /// An integer from 1 to `max`, `"auto"` or an expression.
    pub(super) fn number(&self, max: usize) -> syn::Result<Number> {
        let key = self.key;
        let value = self.is()?;
        match value {
            Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) => {
                self.integer(int, max).map(|()| Number::Const)
            }
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => match text.value() {
                word if word == "auto" => Ok(Number::Auto),
                digits if digits.parse::<usize>().is_ok() => Err(self.wrong(
                    text,
                    format!("`{key}` is a number, not a string: write `{key} = {digits}`"),
                )),
                word => Err(self.wrong(
                    text,
                    format!(
                        "`{key}` cannot be \"{word}\": it is an integer, `\"auto\"` or an \
                             expression, such as `{}`",
                        self.form
                    ),
                )),
            },
            Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. })
                if matches!(peel(expr), Expr::Lit(_)) =>
            {
                Err(self.too_small(value))
            }
            other if not_a_value(other) => Err(self.wrong(
                value,
                format!(
                    "`{key}` is an integer, `\"auto\"` or an expression: write `{}`",
                    self.form
                ),
            )),
            other => Ok(Number::Expr(other.clone())),
        }
    }

    fn integer(&self, int: &LitInt, max: usize) -> syn::Result<()> {
        let key = self.key;
        if !matches!(int.suffix(), "" | "usize") {
            return Err(self.wrong(
                int,
                format!("`{key}` is a `usize`: write `{key} = {}`", int.base10_digits()),
            ));
        }
        match int.base10_parse::<usize>() {
            Ok(0) => Err(self.too_small(int)),
            Ok(number) if number <= max => Ok(()),
            _ => Err(self.wrong(int, format!("`{key}` must be at most {max}: write `{form}`, or leave it out for the default", form = self.form))),
        }
    }

    fn too_small(&self, number: impl ToTokens) -> syn::Error {
        let (key, form) = (self.key, self.form);
        self.wrong(
            number,
            format!("`{key}` must be at least 1: write `{form}`, or leave it out for the default"),
        )
    }

    /// `"5ms"` or an expression.
    pub(super) fn time(&self) -> syn::Result<Time> {
        let key = self.key;
        let value = self.is()?;
        match value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                duration(&text.value()).map(Time::Const).ok_or_else(|| {
                    self.wrong(
                        text,
                        format!(
                            "`{key}` is a number with a unit ({UNITS}) or a `Duration` \
                             expression: write `{}`",
                            self.form
                        ),
                    )
                })
            }
            Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) => Err(self.wrong(
                int,
                format!(
                    "`{key}` has no unit: write `{key} = \"{}{}\"`",
                    int.base10_digits(),
                    if self.form.ends_with("ms\"") { "ms" } else { "s" },
                ),
            )),
            other if not_a_value(other) || matches!(other, Expr::Unary(_)) => Err(self.wrong(
                value,
                format!(
                    "`{key}` is a number with a unit ({UNITS}) or a `Duration` expression: write \
                     `{}`",
                    self.form
                ),
            )),
            other => Ok(Time::Expr(other.clone())),
        }
    }

    /// [`time`](Self::time), and a constant is not zero.
    pub(super) fn positive_time(&self) -> syn::Result<Time> {
        match self.time()? {
            Time::Const(Duration::ZERO) => Err(self.wrong(
                self.is()?,
                format!(
                    "`{}` must be longer than zero: write `{}`, or leave it out",
                    self.key, self.form
                ),
            )),
            time => Ok(time),
        }
    }

    /// A string literal.
    pub(super) fn text(&self) -> syn::Result<LitStr> {
        match self.is()? {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if text.value().is_empty() => {
                Err(self.wrong(text, format!("`{}` is empty: write `{}`", self.key, self.form)))
            }
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text.clone()),
            other => Err(self.wrong(
                other,
                format!("`{}` is a string literal: write `{}`", self.key, self.form),
            )),
        }
    }

    /// Any expression.
    pub(super) fn expression(&self) -> syn::Result<Expr> {
        self.is().cloned()
    }

    /// A variable or a field that can be assigned to.
    pub(super) fn place(&self) -> syn::Result<Expr> {
        let value = self.is()?;
        if is_place(value) {
            return Ok(value.clone());
        }
        Err(self.wrong(
            value,
            format!("`{}` is the variable that gets the count: write `{}`", self.key, self.form),
        ))
    }

    /// A path.
    pub(super) fn path(&self) -> syn::Result<Path> {
        match self.is()? {
            Expr::Path(path) if path.qself.is_none() => Ok(path.path.clone()),
            other => Err(self.wrong(
                other,
                format!("`{}` is the path of `pool_runtime`: write `{}`", self.key, self.form),
            )),
        }
    }

    /// One of `words`.
    fn word<T: Copy>(&self, words: &[(&str, T)]) -> syn::Result<T> {
        let key = self.key;
        let value = self.is()?;
        let all = || one_of(words.iter().map(|(word, _)| *word)).replace('`', "\"");
        let (given, quoted) = match value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => (text.value(), true),
            Expr::Path(path) if path.path.get_ident().is_some() => {
                (path.to_token_stream().to_string(), false)
            }
            other => {
                return Err(
                    self.wrong(other, format!("`{key}` is {}: write `{}`", all(), self.form))
                );
            }
        };
        if let Some((word, meaning)) = words.iter().find(|(word, _)| *word == given) {
            return if quoted {
                Ok(*meaning)
            } else {
                Err(self.wrong(value, format!("`{key}` is a string: write `{key} = \"{word}\"`")))
            };
        }
        let plain = given.replace(['-', ' '], "_");
        Err(self.wrong(
            value,
            match nearest(&plain, words.iter().map(|(word, _)| *word)) {
                Some(meant) => {
                    format!("`{key}` cannot be \"{given}\": did you mean `{key} = \"{meant}\"`?")
                }
                None => format!("`{key}` cannot be \"{given}\": it is {}", all()),
            },
        ))
    }

    pub(super) fn on_full(&self) -> syn::Result<OnFull> {
        self.word(&[
            ("block", OnFull::Block),
            ("drop", OnFull::Drop),
            ("drop_oldest", OnFull::DropOldest),
            ("run", OnFull::Run),
            ("error", OnFull::Error),
        ])
    }

    pub(super) fn error_policy(&self) -> syn::Result<ErrorPolicy> {
        self.word(&[
            ("first", ErrorPolicy::First),
            ("any", ErrorPolicy::Any),
            ("all", ErrorPolicy::All),
        ])
    }
}

/// What to say where a key should stand and something else does.
pub(super) fn not_a_key(input: ParseStream<'_>) -> syn::Error {
    if let Ok(int) = input.fork().parse::<LitInt>() {
        return syn::Error::new_spanned(&int, format!("`{int}` of what? write `workers = {int}`"));
    }
    input.error("expected a key, such as `workers = 8`")
}

/// Without the parentheses and invisible groups around it.
fn peel(mut value: &Expr) -> &Expr {
    loop {
        match value {
            Expr::Group(group) => value = &group.expr,
            Expr::Paren(paren) => value = &paren.expr,
            _ => return value,
        }
    }
}

/// Whether an expression cannot be a number, nor a duration, whatever its parts are.
fn not_a_value(value: &Expr) -> bool {
    matches!(
        value,
        Expr::Lit(_)
            | Expr::Array(_)
            | Expr::Tuple(_)
            | Expr::Range(_)
            | Expr::Closure(_)
            | Expr::Repeat(_)
            | Expr::Reference(_)
            | Expr::Assign(_)
            | Expr::Infer(_)
            | Expr::Return(_)
            | Expr::Break(_)
            | Expr::Continue(_)
    )
}

pub(super) fn is_place(value: &Expr) -> bool {
    match peel(value) {
        Expr::Path(path) => path.qself.is_none() && path.path.get_ident().is_some(),
        Expr::Field(field) => is_place(&field.base),
        Expr::Unary(ExprUnary { op: UnOp::Deref(_), expr, .. }) => is_place(expr),
        _ => false,
    }
}

/// The units of [`duration`].
const UNITS: &str = "`ns`, `us`, `ms`, `s`, `m` or `min`, `h`";

/// `5ms`, `1.5s`.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let split = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_'))?;
    let (number, unit) = text.split_at(split);
    let nanos: u64 = match unit.trim() {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" | "min" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let number = number.replace('_', "");
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    let mut total = whole.parse::<u64>().ok()?.checked_mul(nanos)?;
    let mut digit_worth = nanos;
    for digit in fraction.chars() {
        digit_worth /= 10;
        total = total.checked_add(u64::from(digit.to_digit(10)?) * digit_worth)?;
    }
    Some(Duration::from_nanos(total))
}
