//! Counts the words of every text file under a directory: reads them in parallel, counts in
//! parallel, with plain loops under one attribute each.
//!
//! ```text
//! cargo run --release -p examples --bin word_count [DIRECTORY]
//! ```

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;

use examples::contest::say;
use examples::corpus::{pieces, text};
use examples::{Args, Corpus, contest, machine, show, words};
use pool_runtime::pooled;

/// How much of a text is one item of the count: one page may be a fifth of all text.
const PIECE: usize = 64 << 10;
/// How much text is read at most.
const LIMIT: u64 = 64 << 20;

/// What the program finds out.
#[derive(Debug, Default, PartialEq)]
struct Counts<'a> {
    words: HashMap<&'a str, u64>,
    total: u64,
    lines: u64,
    longest: usize,
}

#[pooled]
fn read(files: &[PathBuf]) -> io::Result<(Vec<String>, usize)> {
    let mut texts = Vec::new();
    let mut binary = 0;
    for file in files {
        match text(file)? {
            Some(text) => texts.push(text),
            None => binary += 1,
        }
    }
    Ok((texts, binary))
}

#[pooled]
fn count<'a>(texts: &[&'a str]) -> Counts<'a> {
    let mut counts = Counts::default();
    for text in texts {
        for word in words(text) {
            *counts.words.entry(word).or_insert(0) += 1;
            counts.total += 1;
            counts.longest = counts.longest.max(word.len());
        }
        counts.lines += text.matches('\n').count() as u64;
    }
    counts
}

/// The same loops without the attribute.
mod sequential {
    use super::*;

    pub(super) fn read(files: &[PathBuf]) -> io::Result<(Vec<String>, usize)> {
        let mut texts = Vec::new();
        let mut binary = 0;
        for file in files {
            match text(file)? {
                Some(text) => texts.push(text),
                None => binary += 1,
            }
        }
        Ok((texts, binary))
    }

    pub(super) fn count<'a>(texts: &[&'a str]) -> Counts<'a> {
        let mut counts = Counts::default();
        for text in texts {
            for word in words(text) {
                *counts.words.entry(word).or_insert(0) += 1;
                counts.total += 1;
                counts.longest = counts.longest.max(word.len());
            }
            counts.lines += text.matches('\n').count() as u64;
        }
        counts
    }
}

fn main() -> io::Result<()> {
    let args = Args::read();
    let limit = if args.quick { LIMIT / 64 } else { LIMIT };
    let corpus = Corpus::find(args.path.as_deref(), limit)?;
    say(&format!("reading {}", corpus.about()));
    let (texts, binary) = read(&corpus.files)?;
    let found = texts.len();
    let texts: Vec<_> = texts.iter().flat_map(|text| pieces(text, PIECE)).collect();
    let counts = count(&texts);
    say(&format!(
        "{} words, {} of them different, in {} lines of {} texts ({binary} files are not text); the longest has {} bytes",
        counts.total,
        counts.words.len(),
        counts.lines,
        found,
        counts.longest,
    ));
    for (word, times) in top(&counts, 10) {
        say(&format!("{times:>10}  {word}"));
    }

    machine();
    let (_, timings) = contest(
        args.runs(),
        &mut [
            ("sequential loop", &mut || sequential::count(&texts)),
            ("#[pooled] loop", &mut || count(&texts)),
        ],
    );
    show("count", "", &timings);
    let (_, timings) = contest(
        args.runs(),
        &mut [
            ("sequential loop", &mut || sequential::read(&corpus.files).ok()),
            ("#[pooled] loop", &mut || read(&corpus.files).ok()),
        ],
    );
    show("read", "", &timings);
    say("both versions returned the same in every run");
    Ok(())
}

/// The `n` most frequent words, the more frequent first, then by the alphabet.
fn top<'a>(counts: &Counts<'a>, n: usize) -> Vec<(&'a str, u64)> {
    let mut all: Vec<_> = counts.words.iter().map(|(word, times)| (*word, *times)).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    all.truncate(n);
    all
}
