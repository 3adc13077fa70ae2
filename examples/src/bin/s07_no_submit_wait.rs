//! Scenario 7: items that wait for somebody else. Waiting for each task where it is submitted runs
//! one at a time; the annotated loop keeps as many in flight as it has workers.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use examples::contest::say;
use examples::naive::Naive;
use examples::service::{ask, slow};
use examples::{Args, Corpus, contest, machine, show};
use pool_runtime::pooled;

/// How long the service takes for each question.
const DELAY: Duration = Duration::from_millis(5);

fn sequential(service: SocketAddr, files: &[PathBuf]) -> io::Result<Vec<u64>> {
    let mut answers = Vec::new();
    for file in files {
        answers.push(ask(service, &file.to_string_lossy())?);
    }
    Ok(answers)
}

#[pooled(workers = 8)]
fn pooled_asks(service: SocketAddr, files: &[PathBuf]) -> io::Result<Vec<u64>> {
    let mut answers = Vec::new();
    for file in files {
        answers.push(ask(service, &file.to_string_lossy())?);
    }
    Ok(answers)
}

/// The usual mistake: a pool of eight, and a wait behind every submission.
fn submit_and_wait(pool: &Naive, service: SocketAddr, files: &[PathBuf]) -> io::Result<Vec<u64>> {
    let answers = Mutex::new(Vec::new());
    for file in files {
        pool.scope(|scope| {
            scope.spawn(|_| {
                let answer = ask(service, &file.to_string_lossy());
                answers.lock().unwrap_or_else(PoisonError::into_inner).push(answer);
            });
        });
    }
    answers.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect()
}

/// The usual cure: submit all, then wait; the order has to be restored by hand.
fn submit_all(pool: &Naive, service: SocketAddr, files: &[PathBuf]) -> io::Result<Vec<u64>> {
    let answers = Mutex::new(Vec::new());
    pool.scope(|scope| {
        for (i, file) in files.iter().enumerate() {
            let answers = &answers;
            scope.spawn(move |_| {
                let answer = ask(service, &file.to_string_lossy());
                answers.lock().unwrap_or_else(PoisonError::into_inner).push((i, answer));
            });
        }
    });
    let mut answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    answers.sort_by_key(|(i, _)| *i);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn main() -> io::Result<()> {
    let args = Args::read();
    let mut corpus = Corpus::find(args.path.as_deref(), 64 << 20)?;
    corpus.files.truncate(if args.quick { 16 } else { 200 });
    let files = &corpus.files;
    let service = slow(DELAY)?;
    machine();
    say(&format!("{} questions to a service that takes {DELAY:?} for each", files.len()));

    let pool = Naive::new(8);
    let (_, mut timings) = contest(
        args.runs(),
        &mut [
            ("sequential loop", &mut || sequential(service, files).ok()),
            ("pool of 8, waiting in the loop", &mut || submit_and_wait(&pool, service, files).ok()),
            ("pool of 8, submit all, then wait", &mut || submit_all(&pool, service, files).ok()),
            ("#[pooled(workers = 8)] loop", &mut || pooled_asks(service, files).ok()),
        ],
    );
    let alone = DELAY.as_secs_f64() * files.len() as f64;
    for timing in &mut timings {
        timing.figure = format!("{:.1}", alone / timing.median.as_secs_f64());
    }
    show("answers in order", "in flight", &timings);
    say("every version returned the same answers in every run");
    Ok(())
}
