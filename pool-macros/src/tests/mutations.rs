//! Half-written code: the macro never panics, and what it emits parses.
//!
//! Every function of [`SEEDS`] is cut off after each of its tokens (with the open delimiters
//! closed, as an editor does), loses each token, and gets each token doubled or replaced.
#![allow(clippy::print_stdout, reason = "the counts are for who runs the tests")]

use std::panic::catch_unwind;

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;

use crate::expand::expand;
use crate::model::Layer;

const SEEDS: [&str; 13] = [
    "pub fn sum(n: u64) -> u64 { let mut sum = 0; for i in 0..n { sum += i; } sum }",
    "fn parse(lines: &[String]) -> Result<u64, E> { let mut total = 0; 'all: for line in lines { \
     if line.is_empty() { break 'all; } total += line.parse::<u64>()?; } Ok(total) }",
    "fn words(&mut self, text: &[String]) { #[pooled(chunk = 8, reduce(self.total: +))] for line in \
     text { for word in line.split(' ') { *self.counts.entry(word.to_owned()).or_insert(0) += 1; } \
     self.total += 1; } #[bounded(queue = 4)] for _ in 0..3 {} }",
    "fn blur<const N: usize>(out: &mut [f64], input: &[f64; N]) { for i in 1..N - 1 { out[i] = \
     (input[i - 1] + input[i] + input[i + 1]) / 3.0; } }",
    "fn best(values: &[f64]) -> (usize, f64) { let mut best = 0.0; let mut at = 0; for (i, &v) in \
     values.iter().enumerate() { if v > best { best = v; at = i; } } (at, best) }",
    "fn drain(queue: Receiver<u64>) { let mut seen = Vec::new(); while let Ok(item) = queue.recv() \
     { let twice = |x| x * 2; seen.push(twice(item)); #[ordered] { println!(\"{item} {}\", 1); } } }",
    "fn thumbnail(path: PathBuf, width: u32) -> Task<Result<Thumb, Error>> { let image = \
     open(&path)?; Ok(image.resize(width)) }",
    "fn record(self: Arc<Self>, mut event: Event, _: u8) -> Admission { event.stamp(); \
     println!(\"{self:?} {}\", self.name); self.store(event); }",
    "fn insert(events: Vec<Event>) -> Task<Result<u64, DbError>> { db().insert_all(&events) }",
    "fn generic<T: Send + 'static, const N: usize>(Point { x, y }: Point, [a, b]: [T; N]) -> \
     pool_runtime::Task<Vec<T>> where T: Clone { vec![a.clone(), b] }",
    "#[doc = \"x\"] #[bounded(queue = 5, on_full = \"drop\", dropped = lost)] #[batched(size = 3)] \
     async unsafe fn odd<'a>(x: &'a str) -> &'a str { loop { for batch in x.chars() {} } }",
    "fn nested(n: usize) -> impl Iterator<Item = u8> { fn inner() { #[pooled] for _ in 0..3 {} } \
     let f = async move { for i in 0..n { yield_now().await; } }; match n { 0 => for i in 0..n { \
     v.push(i); }, _ => {} } v.into_iter() }",
    "fn inner() -> u8 { #![allow(unused)] #![warn(dead_code)] let mut x = 1; #[pooled] for i in \
     0..3 { x = i - x; } x }",
];

const ARGS: [&str; 3] = [
    "",
    "workers = 8, chunk = 1_000, scratch(buf, c = C::new()), reduce(x: +, y), errors = \"all\", \
     timeout = \"2s\", name = \"n\", pool = &POOL, progress = \"p\", shards = 4, crate = a::b",
    "queue = 5, on_full = \"drop\", dropped = lost, size = 100, linger = \"5ms\", workers = n + 1",
];

#[test]
fn half_written_functions_neither_panic_nor_give_unparsable_output() {
    let mut run = 0;
    for (at, seed) in SEEDS.iter().enumerate() {
        let item: TokenStream = seed.parse().expect("a seed");
        let args: TokenStream = ARGS[at % ARGS.len()].parse().expect("arguments");
        let layer = Layer::ALL[at % 3];
        try_one(layer, args, item.clone());
        mutations(&item, &mut |mutated| {
            run += 1;
            try_one(layer, TokenStream::new(), mutated);
        });
    }
    println!("{run} mutations of half-written functions");
    assert!(run > 10_000, "only {run} mutated functions");
}

/// Of each function of the passing programs, some: cut off, or short of a token, at each depth.
#[test]
fn passing_programs_half_written_neither_panic_nor_give_unparsable_output() {
    let (mut functions, mut run, mut turn) = (0, 0, 0_usize);
    for attribute in Layer::ALL.map(Layer::name) {
        let folder = format!("{}/../tests/ui/{attribute}/pass", env!("CARGO_MANIFEST_DIR"));
        let programs = std::fs::read_dir(folder).expect("the passing programs");
        for program in programs {
            let source = std::fs::read_to_string(program.expect("a file").path());
            let file = syn::parse_file(&source.expect("a program")).expect("it passes");
            for item in file.items {
                let syn::Item::Fn(mut function) = item else { continue };
                let of = |found: &syn::Attribute| Layer::of(found.path());
                let Some(at) = function.attrs.iter().position(|found| of(found).is_some()) else {
                    continue;
                };
                let found = function.attrs.remove(at);
                let args = found
                    .meta
                    .require_list()
                    .map_or_else(|_| TokenStream::new(), |list| list.tokens.clone());
                let layer = of(&found).expect("one of ours");
                functions += 1;
                mutations(&function.into_token_stream(), &mut |mutated| {
                    turn += 1;
                    if turn.is_multiple_of(97) {
                        run += 1;
                        try_one(layer, args.clone(), mutated);
                    }
                });
            }
        }
    }
    println!("{run} mutations of the {functions} functions of the passing programs");
    assert!(run > 200, "only {run} mutated functions");
}

#[test]
fn half_written_arguments_neither_panic_nor_give_unparsable_output() {
    let item: TokenStream = SEEDS[0].parse().expect("a seed");
    for args in ARGS {
        let args: TokenStream = args.parse().expect("arguments");
        for layer in Layer::ALL {
            mutations(&args, &mut |mutated| try_one(layer, mutated, item.clone()));
        }
    }
}

fn try_one(layer: Layer, args: TokenStream, item: TokenStream) {
    let shown = format!("#[{}({args})] {item}", layer.name());
    let was_a_file = syn::parse2::<syn::File>(item.clone()).is_ok();
    let output = catch_unwind(|| expand(layer, args, item));
    let output = output.unwrap_or_else(|_| panic!("panicked on: {shown}"));
    if was_a_file {
        let parsed = syn::parse2::<syn::File>(output.clone());
        assert!(parsed.is_ok(), "unparsable: {}\nfrom: {shown}\nto: {output}", parsed.unwrap_err());
    }
}

/// Calls `with` with every mutation of `tokens`, at every depth.
fn mutations(tokens: &TokenStream, with: &mut dyn FnMut(TokenStream)) {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let comma = TokenTree::from(Punct::new(',', Spacing::Alone));
    let word = TokenTree::from(Ident::new("for", Span::call_site()));
    let braces = TokenTree::from(Group::new(Delimiter::Brace, TokenStream::new()));
    for at in 0..tokens.len() {
        let before = || tokens[..at].iter().cloned();
        let after = || tokens[at + 1..].iter().cloned();
        with(before().collect());
        with(before().chain(after()).collect());
        with(before().chain([tokens[at].clone(), tokens[at].clone()]).chain(after()).collect());
        for other in [&comma, &word, &braces] {
            with(before().chain([other.clone()]).chain(after()).collect());
        }
        if let TokenTree::Group(group) = &tokens[at] {
            // The rest of the file is still to be written, and then all of it is there.
            for rest in [Vec::new(), after().collect::<Vec<_>>()] {
                mutations(&group.stream(), &mut |inner| {
                    let mut mutated = Group::new(group.delimiter(), inner);
                    mutated.set_span(group.span());
                    with(before().chain([mutated.into()]).chain(rest.iter().cloned()).collect());
                });
            }
        }
    }
}
