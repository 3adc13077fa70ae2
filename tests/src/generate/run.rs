//! The main function of a binary of generated programs: runs both twins of each on many inputs,
//! numbers of workers and chunks, and prints where they differ.
//!
//! One line per finding on standard output: `start NAME`, `differs NAME WHAT`, and at the end
//! `end PROGRAMS RUNS PARALLEL`. Without the last line the program of the last `start` has ended
//! the process.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{env, thread};

use super::prelude::{Input, Seen, THREADS, plan};
use super::random::Random;

/// One program.
#[derive(Clone, Copy)]
pub struct Case {
    /// `p` and its seed.
    pub name: &'static str,
    /// Without attributes.
    pub plain: fn(&Input) -> Seen,
    /// With them.
    pub annotated: fn(&Input) -> Seen,
}

/// How long one run may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Counts runs, for the watchdog: the plain twin's are even.
static BEATS: AtomicU64 = AtomicU64::new(0);

/// Runs the cases that no command line argument names.
pub fn main(cases: &[Case]) {
    std::panic::set_hook(Box::new(|_| {}));
    watch();
    let skipped: Vec<String> = env::args().skip(1).collect();
    let (mut programs, mut runs, mut parallel) = (0, 0, 0);
    for case in cases {
        if skipped.iter().any(|name| name == case.name) {
            continue;
        }
        say(&format!("start {}", case.name));
        programs += 1;
        let mut compared = Compared { case, runs: 0, parallel: false };
        if let Err(difference) = compared.all() {
            say(&format!("differs {} {difference}", case.name));
        }
        runs += compared.runs;
        parallel += usize::from(compared.parallel);
    }
    say(&format!("end {programs} {runs} {parallel}"));
}

fn say(text: &str) {
    let mut out = io::stdout().lock();
    // A closed pipe means that nobody reads on.
    let _ = writeln!(out, "{}", text.replace('\n', "\\n"));
    let _ = out.flush();
}

fn watch() {
    thread::spawn(|| {
        let mut before = u64::MAX;
        loop {
            let now = BEATS.load(Ordering::Relaxed);
            if now == before {
                say(if now.is_multiple_of(2) { "hangs in plain" } else { "hangs in annotated" });
                std::process::abort();
            }
            before = now;
            thread::sleep(PATIENCE);
        }
    });
}

struct Compared<'a> {
    case: &'a Case,
    runs: usize,
    parallel: bool,
}

impl Compared<'_> {
    fn all(&mut self) -> Result<(), String> {
        let mut random = Random::new(self.case.name.bytes().map(u64::from).sum());
        for length in [0, 1, 2, 5, 33, 120 + random.below(100), 400 + random.below(300)] {
            let input = Input::new(length, random.number());
            BEATS.fetch_add(2 - BEATS.load(Ordering::Relaxed) % 2, Ordering::Relaxed);
            let expected = seen(self.case.plain, &input);
            for _ in 0..2 {
                let chunk = match random.below(8) {
                    0 => length.max(1),
                    1 => length + 1,
                    2 => (length / 2).max(1),
                    3 => 1,
                    _ => 1 + random.below(40),
                };
                self.one(&input, chunk, &expected)?;
            }
        }
        Ok(())
    }

    fn one(&mut self, input: &Input, chunk: usize, expected: &Seen) -> Result<(), String> {
        let mut rough: Option<String> = None;
        for workers in [1, 2, 3, 8, 8] {
            plan(workers, chunk);
            THREADS.store(0, Ordering::Relaxed);
            BEATS.fetch_add(1 + BEATS.load(Ordering::Relaxed) % 2, Ordering::Relaxed);
            let got = seen(self.case.annotated, input);
            self.runs += 1;
            self.parallel |= THREADS.load(Ordering::Relaxed).count_ones() > 1;
            let at = format!("length {}, chunk {chunk}, workers {workers}", input.n);
            if got.exact != expected.exact {
                return Err(format!("{at}: {}", parts(&expected.exact, &got.exact)));
            }
            let first = rough.get_or_insert_with(|| got.rough.clone());
            if got.rough != *first {
                return Err(format!("{at}: not the same bits: {}", parts(first, &got.rough)));
            }
        }
        Ok(())
    }
}

/// What a twin returns, a panic being an outcome too.
fn seen(twin: fn(&Input) -> Seen, input: &Input) -> Seen {
    catch_unwind(AssertUnwindSafe(|| twin(input))).unwrap_or_else(|payload| {
        let text = match payload.downcast::<String>() {
            Ok(text) => *text,
            Err(payload) => match payload.downcast::<&'static str>() {
                Ok(text) => (*text).to_owned(),
                Err(_) => String::from("something else"),
            },
        };
        Seen { exact: format!("panicked: {text}"), rough: String::new() }
    })
}

/// The surroundings of the first place where two texts differ.
fn parts(expected: &str, got: &str) -> String {
    let same = expected.chars().zip(got.chars()).take_while(|(a, b)| a == b).count();
    let part =
        |text: &str| text.chars().skip(same.saturating_sub(40)).take(120).collect::<String>();
    format!("expected ..{}.. got ..{}..", part(expected), part(got))
}
