//! Scenario 2: a log comes through a pipe faster than it can be handled. The usual pool queues what
//! it cannot handle yet; `#[bounded]` lets the producer wait instead.
//!
//! The log is written by another process and is never whole in memory. Every version runs in a
//! process of its own, so that their peak memory can be told apart.

use std::collections::BTreeMap;
use std::env;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::process::{ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use examples::contest::{Timing, say};
use examples::memory::{megabytes, peak};
use examples::naive::Naive;
use examples::{Args, machine, show};
use pool_runtime::bounded;

/// What is known when the log has been read.
#[derive(Debug, Default, PartialEq)]
struct Summary {
    requests: BTreeMap<String, u64>,
    statuses: [u64; 6],
    bytes: u64,
    slowest: u32,
    broken: u64,
}

/// One line is `time service status latency bytes path`.
struct Line<'a> {
    service: &'a str,
    status: usize,
    latency: u32,
    bytes: u64,
}

fn parse(line: &str) -> Option<Line<'_>> {
    let mut fields = line.split(' ').skip(1);
    Some(Line {
        service: fields.next()?,
        status: fields.next()?.parse().ok().filter(|status| *status < 600)?,
        latency: fields.next()?.parse().ok()?,
        bytes: fields.next()?.parse().ok()?,
    })
}

/// A downstream that takes `lag` for every line.
fn deliver(lag: Duration) {
    if !lag.is_zero() {
        thread::sleep(lag);
    }
}

type Log = BufReader<ChildStdout>;

fn sequential(log: Log, lag: Duration) -> io::Result<Summary> {
    let mut summary = Summary::default();
    for text in log.lines() {
        let text = text?;
        deliver(lag);
        let Some(line) = parse(&text) else {
            summary.broken += 1;
            continue;
        };
        *summary.requests.entry(line.service.to_owned()).or_default() += 1;
        summary.statuses[line.status / 100] += 1;
        summary.bytes += line.bytes;
        summary.slowest = summary.slowest.max(line.latency);
    }
    Ok(summary)
}

#[bounded(workers = workers, queue = 500)]
fn annotated(log: Log, lag: Duration, workers: usize) -> io::Result<Summary> {
    let mut summary = Summary::default();
    for text in log.lines() {
        let text = text?;
        deliver(lag);
        let Some(line) = parse(&text) else {
            summary.broken += 1;
            continue;
        };
        *summary.requests.entry(line.service.to_owned()).or_default() += 1;
        summary.statuses[line.status / 100] += 1;
        summary.bytes += line.bytes;
        summary.slowest = summary.slowest.max(line.latency);
    }
    Ok(summary)
}

/// The usual pool: every line becomes a task as soon as it has been read.
fn naive(log: Log, lag: Duration, workers: usize) -> io::Result<Summary> {
    let summary = Mutex::new(Summary::default());
    Naive::new(workers).scope(|scope| {
        for text in log.lines() {
            let text = text?;
            let summary = &summary;
            scope.spawn(move |_| {
                deliver(lag);
                let line = parse(&text);
                let mut summary = summary.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(line) = line else {
                    summary.broken += 1;
                    return;
                };
                *summary.requests.entry(line.service.to_owned()).or_default() += 1;
                summary.statuses[line.status / 100] += 1;
                summary.bytes += line.bytes;
                summary.slowest = summary.slowest.max(line.latency);
            });
        }
        io::Result::Ok(())
    })?;
    Ok(summary.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Writes `bytes` of log to standard output.
fn generate(bytes: usize) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let services = ["billing", "search", "login", "media", "mail"];
    let (mut written, mut state) = (0, 1u64);
    while written < bytes {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let random = state >> 33;
        let service = services[(random % 5) as usize];
        let status = [200, 200, 200, 301, 404, 503][(random / 5 % 6) as usize];
        let (latency, size) = (random % 2000, random % 65_536);
        let line = format!(
            "1700000000.{written:010} {service} {status} {latency} {size} /api/v2/{service}/items/{random:016x}\n"
        );
        out.write_all(line.as_bytes())?;
        written += line.len();
    }
    out.flush()
}

/// The child's side: `version bytes lag_in_us workers`.
fn run(arguments: &[String]) -> io::Result<()> {
    let number = |k: usize| arguments[k].parse::<usize>().map_err(io::Error::other);
    let (bytes, lag, workers) = (number(1)?, Duration::from_micros(number(2)? as u64), number(3)?);
    let mut writer = Command::new(env::current_exe()?)
        .args(["generate", &bytes.to_string()])
        .stdout(Stdio::piped())
        .spawn()?;
    let pipe = writer.stdout.take().ok_or_else(|| io::Error::other("the writer has no output"))?;
    let log = BufReader::with_capacity(1 << 16, pipe);
    let start = Instant::now();
    let summary = match arguments[0].as_str() {
        "sequential" => sequential(log, lag)?,
        "naive" => naive(log, lag, workers)?,
        _ => annotated(log, lag, workers)?,
    };
    let took = start.elapsed();
    writer.wait()?;
    say(&format!("{}\t{}\t{summary:?}", took.as_nanos(), peak().unwrap_or_default()));
    Ok(())
}

/// Runs one version in its own process: what it took, its peak memory, what it found.
fn measure(
    version: &str,
    bytes: usize,
    lag: Duration,
    workers: usize,
) -> io::Result<(Duration, u64, String)> {
    let numbers = [bytes, lag.as_micros() as usize, workers].map(|n| n.to_string());
    let output = Command::new(env::current_exe()?)
        .args(["run", version])
        .args(numbers)
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut fields = text.trim().splitn(3, '\t');
    let mut number = || fields.next().and_then(|field| field.parse().ok());
    match (number(), number(), fields.next()) {
        (Some(took), Some(peak), Some(summary)) => {
            Ok((Duration::from_nanos(took), peak, summary.to_owned()))
        }
        _ => Err(io::Error::other(format!("{version} ended with {}", output.status))),
    }
}

fn table(
    title: &str,
    bytes: usize,
    lag: Duration,
    workers: usize,
    versions: &[(&'static str, &str)],
) -> io::Result<()> {
    let mut timings = Vec::new();
    let mut expected = None;
    for (name, version) in versions {
        let (median, peak, summary) = measure(version, bytes, lag, workers)?;
        let first = expected.get_or_insert_with(|| summary.clone());
        assert_eq!(*first, summary, "{name} found something else");
        timings.push(Timing { name, median, figure: megabytes(peak) });
    }
    show(title, "peak memory", &timings);
    if let Some(found) = expected {
        say(&format!("every version found {found}\n"));
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("generate") => return generate(arguments[1].parse().map_err(io::Error::other)?),
        Some("run") => return run(&arguments[1..]),
        _ => {}
    }
    let args = Args::read();
    machine();
    let sequential = ("sequential loop", "sequential");
    let naive = ("naive pool, one task per line", "naive");
    let bounded = ("#[bounded(queue = 500)] loop", "annotated");
    let big = args.scaled(1_100_000_000);
    let title = format!("{} through a pipe, 2 workers", megabytes(big as u64));
    table(&title, big, Duration::ZERO, 2, &[sequential, naive, bounded])?;
    let small = args.scaled(20_000_000);
    let lag = Duration::from_micros(200);
    let title = format!("{}, each line lags by {lag:?}, 50 workers", megabytes(small as u64));
    table(&title, small, lag, 50, &[naive, bounded])
}
