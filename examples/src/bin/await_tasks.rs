//! Tasks are futures: an asynchronous program awaits what would block its executor. Here one
//! thread of tokio answers everybody, while the files are read and pictured on the workers.

use std::io;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use examples::contest::say;
use examples::picture::Thumb;
use examples::{Args, Corpus, machine};
use pool_runtime::{Task, TaskError, bounded};
use tokio::time::{interval, timeout};

#[bounded(workers = 4, queue = 1_000)]
fn thumbnail(path: PathBuf) -> Task<io::Result<Thumb>> {
    Thumb::of(&path, 32)
}

#[bounded(workers = 1, queue = 10)]
fn slow() -> Task<u32> {
    thread::sleep(Duration::from_millis(50));
    7
}

/// Counts how often the executor comes round while others wait.
async fn heartbeat() -> ! {
    let mut beats = interval(Duration::from_millis(1));
    loop {
        beats.tick().await;
    }
}

/// Every picture, each awaited by a task of tokio's own.
async fn pictures(files: &[PathBuf]) -> Vec<Option<Thumb>> {
    let asked: Vec<_> = files.iter().cloned().map(|path| tokio::spawn(thumbnail(path))).collect();
    let mut thumbs = Vec::with_capacity(asked.len());
    for answer in asked {
        let outcome: Result<_, TaskError> = answer.await.expect("awaiting does not panic");
        thumbs.push(outcome.expect("picturing does not panic").ok());
    }
    thumbs
}

async fn program(files: &[PathBuf]) -> io::Result<()> {
    let start = Instant::now();
    let thumbs = tokio::select! {
        thumbs = pictures(files) => thumbs,
        never = heartbeat() => never,
    };
    let took = start.elapsed();
    let expected: Vec<_> = files.iter().map(|path| Thumb::of(path, 32).ok()).collect();
    assert!(thumbs == expected, "every task delivers its own picture");
    say(&format!("{} tasks awaited in {took:.1?}, every picture is the right one", files.len()));

    let mut task = slow();
    let early = timeout(Duration::from_millis(5), &mut task).await;
    assert!(early.is_err(), "50 ms do not fit into 5");
    let late = task.await.map_err(io::Error::other)?;
    say(&format!("not there after 5 ms, awaited again: {late}"));

    let (running, waiting) = (slow(), slow());
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert!(waiting.cancel(), "it has not started: the only worker is busy");
    assert!(matches!(waiting.await, Err(TaskError::Cancelled)));
    assert_eq!(running.await.map_err(io::Error::other)?, 7);
    say("a task that had not started was cancelled, the one before it was not");
    Ok(())
}

fn main() -> io::Result<()> {
    let args = Args::read();
    let corpus = Corpus::find(args.path.as_deref(), args.scaled(64 << 20) as u64)?;
    say(&format!("pictures of {}", corpus.about()));
    machine();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(program(&corpus.files))
}
