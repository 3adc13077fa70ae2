//! Token soup: words of the attributes, of the language and of loops in random order, as arguments,
//! as bodies and as whole items. The macro never panics, and what it emits parses if the item did.
//!
//! The soup follows from a fixed seed; `SOUP=100000 cargo test -p pool-macros soup` cooks more.

use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::expand::expand;
use crate::model::Layer;

/// How long one input may take before it counts as a hang: much, for machines under load.
const PATIENCE: Duration = Duration::from_secs(100);

const WORDS: &[&str] = &[
    "for",
    "in",
    "while",
    "let",
    "loop",
    "if",
    "else",
    "match",
    "break",
    "continue",
    "return",
    "fn",
    "mut",
    "ref",
    "async",
    "move",
    "const",
    "static",
    "unsafe",
    "extern",
    "where",
    "impl",
    "dyn",
    "self",
    "Self",
    "crate",
    "super",
    "pub",
    "struct",
    "enum",
    "use",
    "as",
    "true",
    "false",
    "await",
    "x",
    "i",
    "out",
    "sum",
    "best",
    "map",
    "v",
    "n",
    "xs",
    "_",
    "'a",
    "'own :",
    "Task",
    "Admission",
    "Result",
    "Option",
    "Some",
    "Err",
    "Vec",
    "String",
    "u64",
    "push",
    "insert",
    "entry",
    "or_insert",
    "or_default",
    "and_modify",
    "min",
    "max",
    "len",
    "iter",
    "chunks",
    "zip",
    "rev",
    "step_by",
    "enumerate",
    "println",
    "write",
    "vec",
    "format",
    "matches",
    "pooled",
    "bounded",
    "batched",
    "ordered",
    "workers",
    "chunk",
    "queue",
    "on_full",
    "dropped",
    "size",
    "linger",
    "scratch",
    "reduce",
    "errors",
    "timeout",
    "name",
    "pool",
    "shards",
    "progress",
    "append",
    "merge",
    "0",
    "1",
    "2.5",
    "17u8",
    "1_000",
    "\"5ms\"",
    "\"drop\"",
    "\"all\"",
    "\"auto\"",
    "'c'",
    "b\"x\"",
    "\"{x}\"",
    "+",
    "-",
    "*",
    "/",
    "%",
    "&",
    "|",
    "^",
    "!",
    "=",
    "<",
    ">",
    "+=",
    "-=",
    "*=",
    "|=",
    "&=",
    "^=",
    "==",
    "<=",
    ">=",
    "!=",
    "&&",
    "||",
    "..",
    "..=",
    "->",
    "=>",
    "::",
    ":",
    ";",
    ",",
    ".",
    "?",
    "@",
    "#",
    "$",
    "&mut",
    "x +=",
    "out[i] =",
    "#[pooled]",
    "#[ordered]",
    "for i in 0..n",
    "if x > best",
    "*map.entry(k).or_insert(0) +=",
    "x = x.max(i);",
    "v.push(i);",
];

/// A small source of choices (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    /// Some words, and groups of them `depth` deep.
    fn soup(&mut self, length: usize, depth: usize) -> TokenStream {
        let mut soup = TokenStream::new();
        for _ in 0..self.below(length + 1) {
            if depth > 0 && self.below(4) == 0 {
                let delimiters = [Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket];
                let inner = self.soup(length / 2 + 1, depth - 1);
                let group = Group::new(delimiters[self.below(3)], inner);
                soup.extend([TokenTree::from(group)]);
            } else if let Ok(word) = WORDS[self.below(WORDS.len())].parse::<TokenStream>() {
                soup.extend(word);
            }
        }
        soup
    }
}

/// Statements that parse, in an order that makes little sense.
const STATEMENTS: &[&str] = &[
    "sum += i;",
    "x = x.max(i);",
    "if i > best { best = i; at = x; }",
    "v.push(i);",
    "*map.entry(i).or_insert(0) += 1;",
    "out[i] = out[i] + 1;",
    "out[i][j] = x;",
    "bins[x] += 1;",
    "let sum = i;",
    "let x = &mut sum;",
    "break;",
    "continue;",
    "return x;",
    "check(i)?;",
    "{ sum -= x; }",
    "for j in 0..3 { sum += j; }",
    "while let Some(x) = v.pop() { sum *= x; }",
    "println!(\"{sum} {}\", x);",
    "write!(text, \"{i}\").unwrap();",
    "let c = |x| sum + x;",
    "fn inner() { for i in 0..3 {} }",
    "'a: loop { break 'a; }",
    "let (a, b) = (i, x);",
    "match i { 0 => sum += 1, _ => {} }",
    "#[ordered] { last = i; }",
    "self.total += i;",
    "*acc += i;",
    "(a, b) = (b, a);",
    "let Some(x) = y else { continue };",
    "buf.clear();",
    "if let Some(x) = y { v.push(x) }",
    "sum = i + sum;",
    "x <<= 1;",
    "odd!(sum, i);",
    "async { sum += 1; };",
    "unsafe { sum += 1; }",
    "const N: u8 = 3;",
    "return;",
    "i;",
    "loop {}",
];
const HEADS: &[&str] = &[
    "for i in 0..n",
    "for &i in &xs",
    "for (i, x) in xs.iter().enumerate()",
    "'a: for i in xs",
    "while let Some(i) = xs.pop()",
    "for Some(i) | Ok(i) in xs",
    "for i in (0..n).rev()",
    "for (x, i) in a.iter_mut().zip(b)",
    "for part in xs.chunks_mut(3)",
    "for _ in ..",
    "loop",
];
const SIGNATURES: &[&str] = &[
    "fn f(n: u64) -> u64",
    "fn f(&mut self)",
    "fn f<T: Ord>(xs: Vec<T>) -> Result<(), T>",
    "fn f(a: String) -> Task<u64>",
    "fn f(rows: Vec<u64>) -> Task<u64>",
    "fn f() -> Admission",
    "async fn f()",
    "const fn f(n: u64) -> Option<u64>",
    "pub(crate) fn f(x: &str) -> impl Sized",
];
const KEYS: &[&str] = &[
    "workers = 3",
    "workers = 0",
    "chunk = n * 2",
    "chunk = \"auto\"",
    "queue = 4",
    "size = 3",
    "linger = \"5ms\"",
    "linger = x",
    "on_full = \"drop\"",
    "on_full = \"often\"",
    "dropped = lost",
    "scratch(buf)",
    "scratch(c = make()?)",
    "reduce(sum: +)",
    "reduce(sum)",
    "reduce(x: often)",
    "errors = \"all\"",
    "errors = \"any\"",
    "timeout = \"1s\"",
    "name = \"n\"",
    "pool = &POOL",
    "shards = 4",
    "progress = \"p\"",
    "crate = ::p",
    "workers",
    "workers(3)",
    "x = 4",
    "",
];

impl Random {
    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    fn keys(&mut self) -> String {
        (0..self.below(5)).map(|_| self.pick(KEYS)).collect::<Vec<_>>().join(", ")
    }

    /// An item that parses, with loops of random statements.
    fn item(&mut self) -> String {
        let mut item = format!("{} {{ let (mut sum, mut x) = (0, 1);", self.pick(SIGNATURES));
        for _ in 0..=self.below(2) {
            if self.below(3) == 0 {
                let attribute = ["pooled", "bounded", "batched"][self.below(3)];
                item += &format!("#[{attribute}({})]", self.keys());
            }
            item += &format!("{} {{", self.pick(HEADS));
            for _ in 0..self.below(6) {
                item += self.pick(STATEMENTS);
            }
            item += "}";
        }
        item + "}"
    }
}

/// Expands, and says how long it took.
fn try_one(layer: Layer, args: &TokenStream, item: &TokenStream) -> Duration {
    let shown = format!("#[{}({args})] {item}", layer.name());
    let parses = syn::parse2::<syn::File>(item.clone()).is_ok();
    let start = Instant::now();
    let (args, item) = (args.clone(), item.clone());
    let output = catch_unwind(|| expand(layer, args, item))
        .unwrap_or_else(|_| panic!("panicked on: {shown}"));
    let time = start.elapsed();
    if parses {
        let parsed = syn::parse2::<syn::File>(output.clone());
        assert!(parsed.is_ok(), "unparsable: {}\nfrom: {shown}\nto: {output}", parsed.unwrap_err());
    }
    assert!(time < PATIENCE, "{time:?} for: {shown}");
    time
}

fn servings() -> usize {
    std::env::var("SOUP").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000)
}

#[test]
fn soup_of_tokens_neither_panics_nor_hangs() {
    let mut random = Random(20);
    let whole: TokenStream =
        "fn f(n: u64) -> u64 { let mut sum = 0; for i in 0..n { sum += i; } sum }"
            .parse()
            .expect("an item");
    for serving in 0..servings() {
        let layer = Layer::ALL[serving % 3];
        let (args, soup) = (random.soup(6, 2), random.soup(24, 4));
        let body = Group::new(Delimiter::Brace, random.soup(16, 4));
        let looped: TokenStream = quote::quote!(fn f(n: u64) -> u64 { for i in 0..n #body });
        let none = TokenStream::new();
        for (args, item) in [(&args, &whole), (&args, &soup), (&none, &looped)] {
            try_one(layer, args, item);
        }
    }
}

#[test]
fn loops_of_random_statements_expand_to_what_parses() {
    let mut random = Random(21);
    let mut parsed = 0;
    for serving in 0..servings() {
        let (args, item) = (random.keys(), random.item());
        let args: TokenStream = args.parse().expect("arguments");
        let item: TokenStream = item.parse().expect("an item");
        parsed += usize::from(syn::parse2::<syn::ItemFn>(item.clone()).is_ok());
        try_one(Layer::ALL[serving % 3], &args, &item);
    }
    assert!(parsed * 2 > servings(), "only {parsed} were functions");
}
