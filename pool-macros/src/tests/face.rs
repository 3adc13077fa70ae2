//! The expansions that readers are shown: those in `README.md` and `examples/expanded/` are what
//! the macros make of the functions beside them. `UPDATE_EXPECT=1` writes both anew.
//!
//! A packaged crate comes without its workspace: there is nothing to compare there.

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use quote::ToTokens;

use super::{expanded, expansion};
use crate::model::Layer;

/// A file of the workspace; `None` in a package.
fn in_workspace(path: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    root.join("examples/Cargo.toml").exists().then(|| root.join(path))
}

/// The annotated functions of a source file, as text.
fn annotated(source: &str) -> Vec<String> {
    let file = syn::parse_file(source).expect("an example parses");
    let ours = |item: &syn::ItemFn| item.attrs.iter().any(|a| Layer::of(a.path()).is_some());
    file.items
        .into_iter()
        .filter_map(|item| match item {
            syn::Item::Fn(function) if ours(&function) => {
                Some(function.into_token_stream().to_string())
            }
            _ => None,
        })
        .collect()
}

#[test]
fn the_ten_scenarios_expand_to_what_is_committed() {
    let Some(programs) = in_workspace("examples/src/bin") else { return };
    let mut seen = 0;
    for entry in fs::read_dir(programs).expect("the examples are there") {
        let path = entry.expect("a directory entry").path();
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        if !(name.starts_with('s') && name.as_bytes()[1].is_ascii_digit()) {
            continue;
        }
        let source = fs::read_to_string(&path).expect("an example is text");
        let functions = annotated(&source);
        assert!(!functions.is_empty(), "{name} has no annotated function");
        let mut text = format!(
            "// What the annotated functions of `src/bin/{name}` expand to. Written by a test:\n\
             // UPDATE_EXPECT=1 cargo test -p pool-macros face\n"
        );
        for function in functions {
            text += "\n";
            text += &expansion(&function);
        }
        let expected = in_workspace("examples/expanded").expect("found above").join(&name);
        expect_file![expected].assert_eq(&text);
        seen += 1;
    }
    assert_eq!(seen, 10, "scenarios");
}

/// What stands above a function and the expansion that follows it in the README.
const PAIR: &str = "<!-- expands -->\n";

/// Splits `text` behind `end`; what is before and what follows.
fn until<'t>(text: &'t str, end: &str) -> (&'t str, &'t str) {
    let at = text.find(end).unwrap_or_else(|| panic!("`{end}` is missing in {text:.80}"));
    text.split_at(at + end.len())
}

#[test]
fn the_readme_shows_real_expansions() {
    let Some(path) = in_workspace("README.md") else { return };
    let readme = fs::read_to_string(&path).expect("the README is text");
    let mut parts = readme.split(PAIR);
    let mut made = parts.next().expect("a text has a beginning").to_owned();
    let mut pairs = 0;
    for part in parts {
        let (open, rest) = until(part, "```rust\n");
        let (written, rest) = until(rest, "```\n");
        let (between, rest) = until(rest, "```rust\n");
        let (_, rest) = until(rest, "```\n");
        let functions = annotated(written.trim_end_matches("```\n"));
        assert_eq!(functions.len(), 1, "one function in {written}");
        let generated = expanded(&functions[0]).to_string();
        let short = generated.replace(":: pool_runtime :: __private :: ", "");
        let file = syn::parse_file(&short).expect("shorter paths are paths");
        let generated = prettyplease::unparse(&file);
        made += &[PAIR, open, written, between, &generated, "```\n", rest].concat();
        pairs += 1;
    }
    assert_eq!(pairs, 3, "one pair for each attribute");
    expect_file![path].assert_eq(&made);
}
