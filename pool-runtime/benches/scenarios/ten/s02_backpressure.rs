//! Lines of a log that is longer than memory should be: at most 500 of them wait.

use std::io::{self, BufRead, BufReader, Read};
use std::thread;

use pool_runtime::bounded;

use super::threads;
use crate::measure::{Measure, Role, mix};

const LINES: u64 = 100_000;
/// How many lines the version by hand sends at once.
const BATCH: usize = 50;

/// A log that is made while it is read.
struct Log {
    left: u64,
    line: io::Cursor<Vec<u8>>,
}

impl Read for Log {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.line.read(buffer)?;
        if read > 0 || self.left == 0 {
            return Ok(read);
        }
        let mut page = Vec::with_capacity(1 << 14);
        while self.left > 0 && page.len() < (1 << 14) - 80 {
            let noise = mix(self.left);
            let status = [200, 200, 200, 301, 404, 503][(noise % 6) as usize];
            let line =
                format!("{} billing {status} {} /items/{noise:x}\n", self.left, noise % 2000);
            page.extend_from_slice(line.as_bytes());
            self.left -= 1;
        }
        self.line = io::Cursor::new(page);
        self.line.read(buffer)
    }
}

fn log() -> BufReader<Log> {
    BufReader::new(Log { left: LINES, line: io::Cursor::default() })
}

/// Status and latency.
fn parse(line: &str) -> Option<(usize, u64)> {
    let mut fields = line.split(' ').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

type Summary = ([u64; 6], u64, u64);

fn sequential(log: impl BufRead) -> io::Result<Summary> {
    let (mut statuses, mut slowest, mut broken) = ([0; 6], 0, 0);
    for line in log.lines() {
        let line = line?;
        match parse(&line) {
            Some((status, latency)) => {
                statuses[status / 100] += 1;
                slowest = slowest.max(latency);
            }
            None => broken += 1,
        }
    }
    Ok((statuses, slowest, broken))
}

#[bounded(workers = 2, queue = 500)]
fn annotated(log: impl BufRead) -> io::Result<Summary> {
    let (mut statuses, mut slowest, mut broken) = ([0; 6], 0, 0);
    for line in log.lines() {
        let line = line?;
        match parse(&line) {
            Some((status, latency)) => {
                statuses[status / 100] += 1;
                slowest = slowest.max(latency);
            }
            None => broken += 1,
        }
    }
    Ok((statuses, slowest, broken))
}

/// The caller reads lines into batches, the workers take them from a channel.
fn by_hand(log: impl BufRead) -> io::Result<Summary> {
    let (sender, receiver) = crossbeam_channel::bounded::<Vec<String>>(500 / BATCH);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads())
            .map(|_| {
                let batches = receiver.clone();
                scope.spawn(move || {
                    let (mut statuses, mut slowest, mut broken) = ([0; 6], 0, 0);
                    for line in batches.into_iter().flatten() {
                        match parse(&line) {
                            Some((status, latency)) => {
                                statuses[status / 100] += 1;
                                slowest = slowest.max(latency);
                            }
                            None => broken += 1,
                        }
                    }
                    (statuses, slowest, broken)
                })
            })
            .collect();
        drop(receiver);
        let mut lines = log.lines();
        loop {
            let batch = lines.by_ref().take(BATCH).collect::<io::Result<Vec<String>>>()?;
            if batch.is_empty() {
                break;
            }
            sender.send(batch).map_err(io::Error::other)?;
        }
        drop(sender);
        let empty = ([0; 6], 0, 0);
        Ok(workers.into_iter().map(|worker| worker.join().unwrap()).fold(empty, |sum, part| {
            let statuses = std::array::from_fn(|k| sum.0[k] + part.0[k]);
            (statuses, sum.1.max(part.1), sum.2 + part.2)
        }))
    })
}

pub(crate) fn measure() -> Measure {
    Measure::new("2 backpressure: 100k lines, queue of 500", LINES)
        .version(Role::Sequential, "sequential", || sequential(log()).unwrap())
        .version(Role::Hand, "crossbeam, batches of 50", || by_hand(log()).unwrap())
        .version(Role::Annotated, "bounded", || annotated(log()).unwrap())
}
