//! What the attributes accept and refuse, and in which words.
//!
//! `TRYBUILD=overwrite cargo test -p tests --test ui` writes the expected messages anew; read the
//! difference before you commit it. `cargo test -p tests --test ui -- ui trybuild=key_` runs the
//! programs with `key_` in their names.
#![allow(clippy::print_stdout, reason = "the counts are for who runs the tests")]

use std::fs;
use std::path::{Path, PathBuf};

const ATTRIBUTES: [&str; 3] = ["pooled", "bounded", "batched"];

#[test]
fn ui() {
    let programs = trybuild::TestCases::new();
    for attribute in ATTRIBUTES {
        programs.pass(format!("ui/{attribute}/pass/*.rs"));
        programs.compile_fail(format!("ui/{attribute}/fail/*.rs"));
    }
}

/// `UPDATE_EXPECT=1` writes the page anew.
#[test]
fn the_page_of_messages_is_made_of_the_programs() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = here.join("../pool-runtime/src/guide/messages.md");
    let page = tests::messages::page(&here.join("ui"));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&file, &page).expect("the page can be written");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == page, "the page is not what the programs give: UPDATE_EXPECT=1 writes it");
    let cure = |entry: &str| entry.rsplit("```\n").next().unwrap_or_default().trim().to_owned();
    let without: Vec<&str> = page.split("\n### ").skip(1).filter(|e| cure(e).is_empty()).collect();
    assert!(without.is_empty(), "nothing says what to write instead: {without:#?}");
    println!("{} messages on the page", page.matches("\n### ").count());
}

/// The programs of one kind, `pass` or `fail`, by name.
fn programs(attribute: &str, kind: &str) -> Vec<PathBuf> {
    let folder = format!("{}/ui/{attribute}/{kind}", env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(folder).expect("a folder of programs");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    files
}

/// The recorded errors of a failing program: the message, and the line and column of its place.
fn errors(expected: &str) -> Vec<(String, Option<(usize, usize)>)> {
    let mut found: Vec<(String, Option<(usize, usize)>)> = Vec::new();
    for line in expected.lines() {
        if line.starts_with("error") {
            found.push((line.to_owned(), None));
        } else if line.trim_start().starts_with("--> ui/")
            && let Some((_, place @ None)) = found.last_mut()
        {
            let mut numbers = place_of(line);
            *place = numbers.next().zip(numbers.next());
            assert!(place.is_some(), "no line and column in {line}");
        }
    }
    found
}

/// The numbers behind the colons of `--> file:12:3`.
fn place_of(line: &str) -> impl Iterator<Item = usize> + '_ {
    line.split(':').skip(1).filter_map(|number| number.trim().parse().ok())
}

#[test]
fn messages_point_at_the_users_tokens_and_name_nothing_that_is_generated() {
    let (mut failing, mut passing, mut recorded, mut vague) = (0, 0, 0, Vec::new());
    for attribute in ATTRIBUTES {
        passing += programs(attribute, "pass").len();
        for program in programs(attribute, "fail") {
            failing += 1;
            let name = program.display();
            let expected = fs::read_to_string(program.with_extension("stderr"))
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            let source = fs::read_to_string(&program).expect("a program");
            let lines: Vec<&str> = source.lines().collect();
            assert!(!expected.contains("$RUST"), "{name} quotes the standard library");
            let generated = expected.lines().find(|line| {
                // A closure of ours is named by its line, which changes whenever the file does.
                let names = ["__private", "__SITE", "__pool", "·", "closure@$WORKSPACE"];
                // Where a macro of ours is to blame, rustc says which; it says so last.
                !line.contains("this error originates in the macro")
                    && names.iter().any(|name| line.contains(name))
            });
            assert_eq!(generated, None, "{name} shows a generated name");
            for (message, place) in errors(&expected) {
                let Some((line, column)) = place else { continue };
                recorded += 1;
                let text = lines[line - 1];
                let ours = ["#[pooled", "#[bounded", "#[batched", "#[cfg_attr", "#[pool_runtime"];
                // The column of the `#`: the attribute as a whole, and none of its tokens.
                let whole = text[..column - 1].trim().is_empty();
                if whole && ours.iter().any(|start| text.trim_start().starts_with(start)) {
                    vague.push(format!("{name}: {message}"));
                }
            }
        }
    }
    println!(
        "{failing} failing and {passing} passing programs; {recorded} errors recorded, {} of them \
         at an attribute as a whole",
        vague.len()
    );
    assert!(failing >= 120, "only {failing} failing programs");
    assert!(passing >= 60, "only {passing} passing programs");
    assert!(vague.len() * 20 <= recorded, "more than 5 % of {recorded}: {vague:#?}");
}
