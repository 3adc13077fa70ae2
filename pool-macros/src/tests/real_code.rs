//! The macro on code that nobody wrote for it: every outermost loop of every function in the
//! sources that cargo keeps, annotated one at a time.
//!
//! The output must parse, and nothing may panic. What is accepted and what is refused, and why, is
//! printed: `cargo test -p pool-macros --release real_code -- --ignored --nocapture`. The sources are
//! those of the crates that this workspace depends on, or those below `POOL_REAL_CODE`.
#![allow(clippy::print_stdout, reason = "the table is for who runs the tests")]

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Block, ItemFn, Signature, parse_quote};

use crate::expand::expand;
use crate::model::Layer;

/// What became of the loops of all sources.
#[derive(Default)]
struct Table {
    crates: BTreeSet<String>,
    functions: usize,
    loops: usize,
    accepted: usize,
    /// How often, and the first place, by message without names.
    refused: BTreeMap<String, (usize, String)>,
    slowest: Duration,
}

#[test]
fn a_sample_of_real_loops_neither_panics_nor_expands_to_what_does_not_parse() {
    let table = annotate_all(40);
    println!("{table}");
}

#[test]
#[ignore = "takes a minute: all of the sources that cargo keeps"]
fn all_real_loops_neither_panic_nor_expand_to_what_does_not_parse() {
    let table = annotate_all(1);
    println!("{table}");
    assert!(table.crates.len() >= 30, "only {} crates", table.crates.len());
}

/// Annotates the loops of every `nth` file, on a thread with as much stack as those of rustc have:
/// a syntax tree as deep as that of some of these files takes more than a test's.
fn annotate_all(nth: usize) -> Table {
    const STACK: usize = 8 << 20;
    let all = thread::Builder::new().stack_size(STACK).spawn(move || annotate_files(nth));
    all.expect("a thread").join().unwrap_or_else(|panic| resume_unwind(panic))
}

fn annotate_files(nth: usize) -> Table {
    let mut table = Table::default();
    for (name, file) in sources().into_iter().step_by(nth) {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        if !text.contains("for ") {
            continue;
        }
        let Ok(file) = syn::parse_file(&text) else { continue };
        let mut functions = Functions::default();
        functions.visit_file(&file);
        for (function, loops) in functions.found {
            table.functions += 1;
            for which in 0..loops {
                table.crates.insert(name.clone());
                annotate(&name, function.clone(), which, &mut table);
            }
        }
    }
    table
}

/// Expands `function` with its loop number `which` marked.
fn annotate(krate: &str, mut function: ItemFn, which: usize, table: &mut Table) {
    let name = function.sig.ident.to_string();
    mark(&mut function.block, which);
    let item = function.into_token_stream();
    let started = Instant::now();
    let output = catch_unwind(|| expand(Layer::Pooled, TokenStream::new(), item.clone()));
    let output = output.unwrap_or_else(|_| panic!("panicked in {krate}, {name}: {item}"));
    table.slowest = table.slowest.max(started.elapsed());
    let parsed = syn::parse2::<syn::File>(output.clone());
    let parsed = parsed.unwrap_or_else(|error| panic!("{krate}, {name}: {error}: {output}"));
    let mut messages = Messages::default();
    messages.visit_file(&parsed);
    table.loops += 1;
    if messages.0.is_empty() {
        table.accepted += 1;
    }
    for message in messages.0.iter().map(|message| without_names(message)).collect::<BTreeSet<_>>()
    {
        let entry = table.refused.entry(message).or_insert((0, format!("{krate}: {name}")));
        entry.0 += 1;
    }
}

/// The crates' names and their source files.
fn sources() -> Vec<(String, PathBuf)> {
    let roots = std::env::var_os("POOL_REAL_CODE").map_or_else(
        || {
            #[allow(deprecated, reason = "what cargo itself does where `CARGO_HOME` is not set")]
            let default = || std::env::home_dir().map(|home| home.join(".cargo"));
            let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(default);
            // One for each registry: `cargo package` has one, too.
            home.map(|home| children(&home.join("registry/src"))).unwrap_or_default()
        },
        |root| vec![PathBuf::from(root)],
    );
    let mut files = Vec::new();
    for krate in roots.iter().flat_map(|root| children(root)) {
        let name = krate.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut folders = vec![krate];
        while let Some(folder) = folders.pop() {
            for path in children(&folder) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    files.push((name.clone(), path));
                }
            }
        }
    }
    files
}

/// What is in a directory, in the order of names.
fn children(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

/// The functions with outermost `for` loops, and how many of those.
#[derive(Default)]
struct Functions {
    found: Vec<(ItemFn, usize)>,
}

impl Functions {
    fn take(&mut self, attributes: &[Attribute], signature: &Signature, block: &Block) {
        let mut block = block.clone();
        let loops = mark(&mut block, usize::MAX);
        if loops > 0 {
            let mut function: ItemFn = parse_quote!(#signature {});
            (function.attrs, *function.block) = (attributes.to_vec(), block);
            self.found.push((function, loops));
        }
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, node: &'ast ItemFn) {
        self.take(&node.attrs, &node.sig, &node.block);
        visit::visit_item_fn(self, node);
    }

    fn visit_impl_item_fn(&mut self, node: &'ast syn::ImplItemFn) {
        self.take(&node.attrs, &node.sig, &node.block);
        visit::visit_impl_item_fn(self, node);
    }

    fn visit_trait_item_fn(&mut self, node: &'ast syn::TraitItemFn) {
        if let Some(block) = &node.default {
            self.take(&node.attrs, &node.sig, block);
        }
        visit::visit_trait_item_fn(self, node);
    }
}

/// Puts a marker on the outermost loop number `which`; how many there are.
fn mark(block: &mut Block, which: usize) -> usize {
    struct Loops {
        which: usize,
        seen: Cell<usize>,
    }
    impl VisitMut for Loops {
        fn visit_expr_for_loop_mut(&mut self, node: &mut syn::ExprForLoop) {
            if self.seen.replace(self.seen.get() + 1) == self.which {
                node.attrs.insert(0, parse_quote!(#[pooled]));
            }
        }
        fn visit_item_mut(&mut self, _: &mut syn::Item) {}
    }
    let mut loops = Loops { which, seen: Cell::new(0) };
    visit_mut::visit_block_mut(&mut loops, block);
    loops.seen.get()
}

/// The errors in an expansion.
#[derive(Default)]
struct Messages(Vec<String>);

impl<'ast> Visit<'ast> for Messages {
    fn visit_macro(&mut self, node: &'ast syn::Macro) {
        let ours = node.path.segments.last().is_some_and(|last| last.ident == "compile_error");
        if let (true, Ok(message)) = (ours, syn::parse2::<syn::LitStr>(node.tokens.clone())) {
            self.0.push(message.value());
        }
    }
}

/// A message with everything between backticks left out, first line only.
fn without_names(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    let parts = first.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 0 { part } else { "`_`" }).collect()
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "{} crates, {} functions with loops, {} loops annotated, {} accepted ({} %), slowest {:?}",
            self.crates.len(),
            self.functions,
            self.loops,
            self.accepted,
            self.accepted * 100 / self.loops.max(1),
            self.slowest,
        )?;
        let mut rows: Vec<_> = self.refused.iter().collect();
        rows.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        for (message, (count, place)) in rows {
            writeln!(f, "{count:>6}  {message}  ({place})")?;
        }
        Ok(())
    }
}

#[test]
fn the_table_counts_what_is_refused() {
    let mut table = Table::default();
    let file = syn::parse_file(
        "impl X { const fn f(v: &[u8]) { for x in v { if *x > 1 { for _ in 0..2 {} } } } } \
         fn g() { loop { for i in 0..3 {} } for j in 0..4 {} } fn none() { while true {} }",
    );
    let mut functions = Functions::default();
    functions.visit_file(&file.expect("a file"));
    let loops: Vec<usize> = functions.found.iter().map(|(_, loops)| *loops).collect();
    assert_eq!(loops, [1, 2]);
    for (function, loops) in functions.found {
        (0..loops).for_each(|which| annotate("here", function.clone(), which, &mut table));
    }
    assert_eq!((table.loops, table.accepted, table.refused.len()), (3, 2, 1));
    assert!(table.refused.keys().all(|message| message.contains("start threads")), "{table}");
}
