//! Errors: collected, never lost, all reported at once.
//!
//! [`Errors`] follows serde_derive's `Ctxt`: it must be [`check`](Errors::check)ed before it goes
//! out of scope, so that no stage can forget what an earlier one found.

use std::cell::{Cell, RefCell};

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// Every mistake found so far in one annotated function.
pub(crate) struct Errors {
    /// `None` once checked.
    found: RefCell<Option<Vec<syn::Error>>>,
    /// Whether rustc would refuse the body for the same reason.
    twice: Cell<bool>,
}

impl Errors {
    /// Nothing found yet.
    pub(crate) fn new() -> Self {
        Self { found: RefCell::new(Some(Vec::new())), twice: Cell::new(false) }
    }

    /// A mistake: underlines all of `tokens`.
    pub(crate) fn at(&self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// A mistake at one place that is not a range of tokens.
    pub(crate) fn at_span(&self, span: Span, message: impl std::fmt::Display) {
        self.push(syn::Error::new(span, message));
    }

    /// A mistake that syn found. The same one at the same place (the default of several loops,
    /// for example) is noted once.
    pub(crate) fn push(&self, error: syn::Error) {
        if let Some(found) = self.found.borrow_mut().as_mut() {
            let place = |error: &syn::Error| format!("{:?} {error}", error.span());
            if !found.iter().any(|known| place(known) == place(&error)) {
                found.push(error);
            }
        }
    }

    /// The last mistake is one that rustc would find in the body, too.
    pub(crate) fn found_by_rustc(&self) {
        self.twice.set(true);
    }

    /// Whether rustc need not see the body.
    pub(crate) fn hides_body(&self) -> bool {
        self.twice.get()
    }

    /// The value, or `None` with its error noted.
    pub(crate) fn take<T>(&self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Whether something has been found.
    pub(crate) fn any(&self) -> bool {
        self.found.borrow().as_ref().is_some_and(|found| !found.is_empty())
    }

    /// All mistakes as one error, in the order in which they were found.
    pub(crate) fn check(self) -> syn::Result<()> {
        let found = self.found.borrow_mut().take().unwrap_or_default();
        match found.into_iter().reduce(|mut all, next| {
            all.combine(next);
            all
        }) {
            Some(all) => Err(all),
            None => Ok(()),
        }
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            debug_assert!(self.found.borrow().is_none(), "errors were dropped without a check");
        }
    }
}

/// The candidate nearest to `word`, if one is near enough to be what was meant.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word = word.to_lowercase();
    let allowed = (word.chars().count().max(3) / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, candidate), candidate))
        .filter(|&(edits, _)| edits <= allowed)
        .min_by_key(|&(edits, _)| edits)
        .map(|(_, candidate)| candidate)
}

/// Edit distance with swaps of neighbours (optimal string alignment).
fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for (row, &a) in from.iter().enumerate() {
        let mut here = vec![row + 1];
        for (column, &b) in to.iter().enumerate() {
            let mut best = (above[column] + usize::from(a != b))
                .min(above[column + 1] + 1)
                .min(here[column] + 1);
            if row > 0 && column > 0 && a == to[column - 1] && from[row - 1] == b {
                best = best.min(before[column - 1] + 1);
            }
            here.push(best);
        }
        before = std::mem::replace(&mut above, here);
    }
    above[to.len()]
}

/// "`a`, `b` or `c`".
pub(crate) fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    list(words, "or")
}

/// "`a`, `b` and `c`".
pub(crate) fn all_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    list(words, "and")
}

fn list<'a>(words: impl IntoIterator<Item = &'a str>, last: &str) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}
/// The tokens on one line, spaced as somebody would write them.
pub(crate) fn readable(tokens: &TokenStream) -> String {
    let mut text = String::new();
    write(tokens.clone(), &mut text);
    text
}

fn write(tokens: TokenStream, text: &mut String) {
    // What ends the text so far, as far as the next token's spacing depends on it.
    let mut glue = true;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let (open, close, apart) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")", false),
                    Delimiter::Bracket => ("[", "]", false),
                    Delimiter::Brace => ("{ ", " }", true),
                    Delimiter::None => ("", "", !glue),
                };
                let keyword = ["mut", "dyn", "in", "as"].iter().any(|word| text.ends_with(word));
                if (apart || keyword) && !glue {
                    text.push(' ');
                }
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
                glue = false;
            }
            TokenTree::Punct(punct) => {
                let sign = punct.as_char();
                let joint = punct.spacing() == Spacing::Joint
                    && matches!(tokens.peek(), Some(TokenTree::Punct(_)));
                let tight = matches!(sign, ',' | ';' | ':' | '.' | '?' | '<' | '>' | '!' | '\'');
                if !(tight || glue) {
                    text.push(' ');
                }
                let unary = glue;
                text.push(sign);
                // What follows stands apart only after a sign between two operands.
                let arrow = sign == '>' && text.ends_with("->");
                let between =
                    arrow || matches!(sign, '=' | '+' | '*' | '/' | '|' | '%' | '^') && !unary;
                let after = matches!(sign, ',' | ';') || sign == ':' && !text.ends_with("::");
                if (between || after) && !joint {
                    text.push(' ');
                }
                glue = true;
            }
            word => {
                if !glue {
                    text.push(' ');
                }
                text.push_str(&word.to_string());
                glue = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{nearest, readable};

    #[test]
    fn tokens_read_as_they_were_written() {
        for text in [
            "workers = 8, chunk = 10_000",
            "Arc<Mutex<Vec<u64>>>",
            "&'a mut [u8]",
            "std::collections::HashMap<String, Vec<&str>>",
            "reduce(total: +, self.seen), scratch(buffer = Vec::new())",
            "workers = config.workers(3) * 2",
            "linger = \"5ms\", on_full = \"drop\"",
            "impl Fn(&str) -> u64",
            "dyn Send + 'static",
            "[u8; 4]",
        ] {
            assert_eq!(readable(&text.parse().expect("tokens")), text);
        }
    }

    #[test]
    fn a_near_miss_is_found_and_a_far_one_is_not() {
        let keys = ["workers", "chunk", "queue", "on_full", "size"];
        assert_eq!(nearest("wrokers", keys), Some("workers"));
        assert_eq!(nearest("Chunk", keys), Some("chunk"));
        assert_eq!(nearest("on-full", keys), Some("on_full"));
        assert_eq!(nearest("siez", keys), Some("size"));
        assert_eq!(nearest("parallelism", keys), None);
    }
}
