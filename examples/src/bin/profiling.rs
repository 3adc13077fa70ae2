//! The program of `examples/PROFILING.md`: the words of a directory's texts are counted by four
//! loops, each the one before it with one thing changed, because the report said so.
//!
//! ```text
//! POOL_REPORT=1 cargo run --release -p examples --bin profiling [DIRECTORY]
//! ```

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, PoisonError};

use examples::contest::say;
use examples::{Args, Corpus, contest, machine, show, words};
use pool_runtime::pooled;

type Counts<'a> = HashMap<&'a str, u64>;

fn sequential(texts: &[String]) -> Counts<'_> {
    let mut counts = HashMap::new();
    for text in texts {
        for word in words(text) {
            *counts.entry(word).or_insert(0) += 1;
        }
    }
    counts
}

/// As it came from somewhere: a map behind a lock, and a generous chunk.
#[pooled(workers = 2, chunk = 1_000, name = "first")]
fn first(texts: &[String]) -> Counts<'_> {
    let counts = Mutex::new(HashMap::new());
    for text in texts {
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        for word in words(text) {
            *counts.entry(word).or_insert(0) += 1;
        }
    }
    counts.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Without the chunk.
#[pooled(workers = 2, name = "second")]
fn second(texts: &[String]) -> Counts<'_> {
    let counts = Mutex::new(HashMap::new());
    for text in texts {
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        for word in words(text) {
            *counts.entry(word).or_insert(0) += 1;
        }
    }
    counts.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Without the lock.
#[pooled(workers = 2, name = "third")]
fn third(texts: &[String]) -> Counts<'_> {
    let mut counts = HashMap::new();
    for text in texts {
        for word in words(text) {
            *counts.entry(word).or_insert(0) += 1;
        }
    }
    counts
}

/// At least so many bytes are a piece.
const PIECE: usize = 16 << 10;

/// `text`, cut where lines end.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.bytes().skip(PIECE).position(|byte| byte == b'\n');
        let (piece, after) = rest.split_at(end.map_or(rest.len(), |end| PIECE + end + 1));
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Without the long texts.
#[pooled(workers = 2, name = "fourth")]
fn fourth(texts: &[String]) -> Counts<'_> {
    let all: Vec<&str> = texts.iter().flat_map(|text| pieces(text)).collect();
    let mut counts = HashMap::new();
    for piece in all {
        for word in words(piece) {
            *counts.entry(word).or_insert(0) += 1;
        }
    }
    counts
}

fn main() -> io::Result<()> {
    let args = Args::read();
    let corpus = Corpus::find(args.path.as_deref(), args.scaled(24 << 20) as u64)?;
    let texts = corpus.texts()?;
    say(&corpus.about());
    machine();
    let (counts, timings) = contest(
        args.runs(),
        &mut [
            ("sequential loop", &mut || sequential(&texts)),
            ("first: a lock, chunk = 1_000", &mut || first(&texts)),
            ("second: without the chunk", &mut || second(&texts)),
            ("third: without the lock", &mut || third(&texts)),
            ("fourth: texts in pieces", &mut || fourth(&texts)),
        ],
    );
    let longest = texts.iter().map(String::len).max().unwrap_or(0) / 1000;
    let number = texts.len();
    let title = format!("{number} texts, up to {longest} kB, {} different words", counts.len());
    show(&title, "", &timings);
    say("every step counted the same in every run");
    Ok(())
}
