//! How much unsafe code there is, and that `src/SAFETY.md` knows of all of it and of every model.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn page() -> String {
    fs::read_to_string(source().join("SAFETY.md")).expect("the page")
}

/// All Rust files below `folder`.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// How often the word `unsafe` stands in code, up to the file's own tests.
fn uses(text: &str) -> usize {
    let code = text.split("\n#[cfg(test)]").next().unwrap_or_default();
    code.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .flat_map(|line| line.split(|c: char| !(c.is_alphanumeric() || c == '_')))
        .filter(|word| *word == "unsafe")
        .count()
}

fn is_test(path: &str) -> bool {
    path.contains("tests/") || path.ends_with("tests.rs") || path.ends_with("models.rs")
}

#[test]
fn every_use_of_unsafe_is_on_the_page_and_there_are_no_more() {
    let (mut all, mut counts) = (Vec::new(), BTreeMap::new());
    files(&source(), &mut all);
    for path in all {
        let name = path.strip_prefix(source()).expect("below it").to_string_lossy().into_owned();
        let count = uses(&fs::read_to_string(&path).expect("text"));
        if count > 0 && !is_test(&name) {
            counts.insert(name, count);
        }
    }
    let page = page();
    let known: BTreeMap<&str, usize> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | "))
        .filter_map(|(name, count)| Some((name, count.parse().ok()?)))
        .collect();
    assert!(known.values().sum::<usize>() > 100, "the table was found");
    let more: Vec<String> = counts
        .iter()
        .filter(|(name, count)| **count > known.get(name.as_str()).copied().unwrap_or_default())
        .map(|(name, count)| format!("| `{name}` | {count} |"))
        .collect();
    assert!(
        more.is_empty(),
        "there is more unsafe code: say on src/SAFETY.md which invariant it relies on, and write\n{}",
        more.join("\n"),
    );
}

#[test]
fn every_file_of_models_and_every_seeded_bug_is_on_the_page() {
    let (mut all, page) = (Vec::new(), page());
    files(&source(), &mut all);
    let mut seeded = 0;
    for path in all.iter().filter(|path| path.ends_with("models.rs")) {
        let name = path.strip_prefix(source()).expect("below it").to_string_lossy();
        assert!(page.contains(&format!("`{name}`")), "`{name}` is missing");
        let text = fs::read_to_string(path).expect("text");
        for caught in text.lines().filter_map(|line| line.trim().strip_prefix("fn ")) {
            let Some(caught) = caught.split('(').next().filter(|name| name.ends_with("_is_caught"))
            else {
                continue;
            };
            seeded += 1;
            assert!(page.contains(&format!("`{caught}`")), "`{caught}` is missing");
        }
    }
    assert!(seeded >= 12, "only {seeded} seeded bugs");
}

#[test]
fn the_macros_have_no_unsafe_code() {
    let mut all = Vec::new();
    files(&source().join("../../pool-macros/src"), &mut all);
    all.retain(|path| !path.components().any(|part| part.as_os_str() == "tests"));
    assert!(!all.is_empty());
    for path in all {
        let text = fs::read_to_string(&path).expect("text");
        assert!(!text.contains("unsafe {"), "{}", path.display());
        assert!(!text.contains("allow(unsafe_code"), "{}", path.display());
    }
}
