//! The values of `scratch(..)` and `reduce(..)`.

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Token};

use super::value::{Source, is_place};
use crate::diagnostics::nearest;
use crate::model::{Reduce, ReduceOp, Scratch};

impl Source<'_> {
    /// `buffer, client = Client::new()`.
    pub(super) fn scratch(&self) -> syn::Result<Vec<Scratch>> {
        fn entry(input: ParseStream<'_>) -> syn::Result<Scratch> {
            const FORMS: &str = "`scratch` names a variable, or makes a value under a new name: \
                                 write `scratch(buffer)` or `scratch(client = Client::new())`";
            if !input.peek(Ident) {
                return Err(syn::Error::new(input.span(), FORMS));
            }
            let name: Ident = input.parse()?;
            let equals = input.parse::<Option<Token![=]>>()?;
            if input.is_empty()
                && let Some(equals) = equals
            {
                return Err(syn::Error::new_spanned(
                    equals,
                    format!("`{name}` has no value: write `scratch({name} = expression)`"),
                ));
            }
            if equals.is_none() && !input.is_empty() && !input.peek(Token![,]) {
                return Err(syn::Error::new(input.span(), FORMS));
            }
            let maker = equals.map(|_| input.parse()).transpose()?;
            Ok(Scratch { name, maker })
        }
        let entries = self.entries(entry)?;
        for (at, entry) in entries.iter().enumerate() {
            if entries[..at].iter().any(|before| before.name == entry.name) {
                return Err(self.wrong(
                    &entry.name,
                    format!("`{}` is in `scratch` twice: keep one of them", entry.name),
                ));
            }
        }
        Ok(entries)
    }

    /// `total: +, seen`.
    pub(super) fn reduce(&self) -> syn::Result<Vec<Reduce>> {
        let entries = self.entries(Reduce::parse)?;
        for (at, entry) in entries.iter().enumerate() {
            if entries[..at].iter().any(|before| before.place == entry.place) {
                let place = entry.place.to_token_stream();
                return Err(
                    self.wrong(&place, format!("`{place}` is in `reduce` twice: keep one of them"))
                );
            }
        }
        Ok(entries)
    }

    fn entries<T>(&self, entry: fn(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<Vec<T>> {
        let parser = |input: ParseStream<'_>| {
            Punctuated::<T, Token![,]>::parse_terminated_with(input, entry)
        };
        Ok(parser.parse2(self.list()?.clone())?.into_iter().collect())
    }
}

const OPERATORS: &str =
    "the operators of `reduce` are `+ * | & ^`, `min`, `max`, `append` and `merge`";

impl Parse for Reduce {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        const FORM: &str =
            "`reduce` names a variable or a field and its operator: write `reduce(total: +)`";
        let span = input.span();
        let place: Expr = input.parse().map_err(|_| syn::Error::new(span, FORM))?;
        if !is_place(&place) {
            return Err(syn::Error::new_spanned(place, FORM));
        }
        let op = match input.parse::<Option<Token![:]>>()? {
            Some(colon) if input.is_empty() || input.peek(Token![,]) => {
                return Err(syn::Error::new_spanned(
                    colon,
                    format!("the operator is missing: {OPERATORS}"),
                ));
            }
            Some(_) => input.parse()?,
            None => ReduceOp::Merge,
        };
        Ok(Self { place, op })
    }
}

impl Parse for ReduceOp {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        const WORDS: [(&str, ReduceOp); 4] = [
            ("min", ReduceOp::Min),
            ("max", ReduceOp::Max),
            ("append", ReduceOp::Append),
            ("merge", ReduceOp::Merge),
        ];
        if input.peek(Token![-]) {
            let minus: Token![-] = input.parse()?;
            return Err(syn::Error::new_spanned(minus, "differences merge by `+`: write `+`"));
        }
        if input.peek(Ident::peek_any) {
            let word = input.call(Ident::parse_any)?;
            let found = WORDS.iter().find(|(name, _)| word == name);
            return found.map(|(_, op)| *op).ok_or_else(|| {
                let message = match nearest(&word.to_string(), WORDS.iter().map(|(name, _)| *name))
                {
                    Some(meant) => format!("unknown operator `{word}`: did you mean `{meant}`?"),
                    None if word == "add" || word == "sum" => {
                        format!("unknown operator `{word}`: write `+`")
                    }
                    None => format!("unknown operator `{word}`: {OPERATORS}"),
                };
                syn::Error::new_spanned(word, message)
            });
        }
        let token = input.parse::<proc_macro2::TokenTree>()?;
        match token.to_string().as_str() {
            "+" => Ok(Self::Add),
            "*" => Ok(Self::Mul),
            "|" => Ok(Self::Or),
            "&" => Ok(Self::And),
            "^" => Ok(Self::Xor),
            other => Err(syn::Error::new_spanned(
                &token,
                format!("unknown operator `{other}`: {OPERATORS}"),
            )),
        }
    }
}
