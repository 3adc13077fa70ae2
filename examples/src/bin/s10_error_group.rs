//! Scenario 10: parsing a file with bad lines. The group that finds the first error, cancels the
//! rest and keeps the order takes a screen of code by hand; here it is `?` in a plain loop.

use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use examples::contest::say;
use examples::naive::Naive;
use examples::{Args, Corpus, contest, machine, show, words};
use pool_runtime::{Errors, pooled};

/// One line of the file: how often a word occurs in one text, and the text's length.
#[derive(Clone, Debug, PartialEq)]
struct Record<'a> {
    word: &'a str,
    times: u32,
    length: u64,
}

/// A line that is no record.
#[derive(Clone, Debug, PartialEq)]
struct BadLine {
    number: usize,
    text: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: `{}` is not `word times length`", self.number, self.text)
    }
}

impl std::error::Error for BadLine {}

fn parse(index: usize, line: &str) -> Result<Record<'_>, BadLine> {
    let mut fields = line.split('\t');
    let record = (|| {
        let word = fields.next()?;
        let times = fields.next()?.parse().ok()?;
        let length = fields.next()?.parse().ok()?;
        fields.next().is_none().then_some(Record { word, times, length })
    })();
    record.ok_or_else(|| BadLine { number: index + 1, text: line.to_owned() })
}

fn sequential<'a>(lines: &[&'a str]) -> Result<Vec<Record<'a>>, BadLine> {
    let mut records = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        records.push(parse(i, line)?);
    }
    Ok(records)
}

#[pooled]
fn annotated<'a>(lines: &[&'a str]) -> Result<Vec<Record<'a>>, BadLine> {
    let mut records = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        records.push(parse(i, line)?);
    }
    Ok(records)
}

#[pooled(errors = "all")]
fn every_error<'a>(lines: &[&'a str]) -> Result<Vec<Record<'a>>, Errors<BadLine>> {
    let mut records = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        records.push(parse(i, line)?);
    }
    Ok(records)
}

/// The usual pool: every line is a task, every task runs, errors arrive in any order.
fn naive<'a>(pool: &Naive, lines: &[&'a str]) -> Result<Vec<Record<'a>>, BadLine> {
    let records = Mutex::new(Vec::new());
    let errors = Mutex::new(Vec::new());
    pool.scope(|scope| {
        for (i, line) in lines.iter().enumerate() {
            let (records, errors) = (&records, &errors);
            scope.spawn(move |_| match parse(i, line) {
                Ok(record) => {
                    records.lock().unwrap_or_else(PoisonError::into_inner).push((i, record))
                }
                Err(error) => errors.lock().unwrap_or_else(PoisonError::into_inner).push(error),
            });
        }
    });
    let errors = errors.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(first) = errors.into_iter().min_by_key(|error| error.number) {
        return Err(first);
    }
    let mut records = records.into_inner().unwrap_or_else(PoisonError::into_inner);
    records.sort_by_key(|(i, _)| *i);
    Ok(records.into_iter().map(|(_, record)| record).collect())
}

/// What an expert writes: chunks claimed in order, the lowest error so far ends the rest.
fn by_hand<'a>(lines: &[&'a str]) -> Result<Vec<Record<'a>>, BadLine> {
    const CHUNK: usize = 4096;
    let chunks: Vec<&[&'a str]> = lines.chunks(CHUNK).collect();
    let next = AtomicUsize::new(0);
    let bound = AtomicUsize::new(usize::MAX);
    let lowest = Mutex::new(None::<BadLine>);
    let done: Vec<Mutex<Vec<Record<'a>>>> = chunks.iter().map(|_| Mutex::default()).collect();
    let work = || {
        loop {
            let k = next.fetch_add(1, Ordering::Relaxed);
            if k >= chunks.len() || k > bound.load(Ordering::Relaxed) {
                return;
            }
            let mut records = Vec::with_capacity(chunks[k].len());
            for (j, line) in chunks[k].iter().enumerate() {
                match parse(k * CHUNK + j, line) {
                    Ok(record) => records.push(record),
                    Err(error) => {
                        bound.fetch_min(k, Ordering::Relaxed);
                        let mut lowest = lowest.lock().unwrap_or_else(PoisonError::into_inner);
                        if lowest.as_ref().is_none_or(|other| error.number < other.number) {
                            *lowest = Some(error);
                        }
                        return;
                    }
                }
            }
            *done[k].lock().unwrap_or_else(PoisonError::into_inner) = records;
        }
    };
    thread::scope(|scope| {
        for _ in 1..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
        work();
    });
    if let Some(error) = lowest.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let mut records = Vec::with_capacity(lines.len());
    for chunk in done {
        records.append(&mut chunk.into_inner().unwrap_or_else(PoisonError::into_inner));
    }
    Ok(records)
}

/// How many lines the function `name` of this program has.
fn lines_of(name: &str) -> String {
    let source = include_str!("s10_error_group.rs").lines();
    let body = source.skip_while(|line| !line.starts_with(&format!("fn {name}<")));
    (body.take_while(|line| *line != "}").count() + 1).to_string()
}

/// A file of records made from the texts of this machine, every `bad`th line spoilt.
fn write_file(corpus: &Corpus, count: usize, bad: usize) -> io::Result<tempfile::NamedTempFile> {
    let mut file = io::BufWriter::new(tempfile::NamedTempFile::new()?);
    let texts = corpus.texts()?;
    let all = texts.iter().flat_map(|text| words(text).map(move |word| (word, text.len())));
    for (i, (word, length)) in all.cycle().take(count).enumerate() {
        if i % bad == bad - 1 {
            writeln!(file, "{word}\tseveral\t{length}")?;
        } else {
            writeln!(file, "{word}\t{}\t{length}", i % 97)?;
        }
    }
    Ok(file.into_inner()?)
}

fn main() -> io::Result<()> {
    let args = Args::read();
    let corpus = Corpus::find(args.path.as_deref(), 4 << 20)?;
    let count = args.scaled(1_000_000);
    machine();
    let pool = Naive::new(4);
    for (title, bad) in [("no bad line", usize::MAX), ("first bad line at 30 %", count * 3 / 10)] {
        let file = write_file(&corpus, count, bad)?;
        let content = std::fs::read_to_string(file.path())?;
        let lines: Vec<&str> = content.lines().collect();
        let (outcome, mut timings) = contest(
            args.runs(),
            &mut [
                ("sequential loop", &mut || sequential(&lines)),
                ("naive pool, one task per line", &mut || naive(&pool, &lines)),
                ("threads by hand", &mut || by_hand(&lines)),
                ("#[pooled] loop", &mut || annotated(&lines)),
            ],
        );
        for (timing, name) in
            timings.iter_mut().zip(["sequential", "naive", "by_hand", "annotated"])
        {
            timing.figure = lines_of(name);
        }
        show(&format!("{} lines, {title}", lines.len()), "lines of code", &timings);
        if let Err(error) = outcome {
            say(&format!("every version reported {error}"));
            let all = every_error(&lines).expect_err("there is a bad line");
            say(&format!("errors = \"all\" reported {} bad lines:", all.len()));
            for (position, error) in all.iter() {
                say(&format!("  item {position}: {error}"));
            }
        }
    }
    Ok(())
}
