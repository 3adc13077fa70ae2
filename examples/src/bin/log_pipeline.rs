//! A program: an access log goes into SQLite and is asked for its slowest pages. The calling thread
//! reads, workers parse, and each batch is one transaction; memory is bounded by the queue.
//!
//! `log_pipeline [DIRECTORY]` makes the log from the files there and runs both builds of one source.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use examples::contest::say;
use examples::{Args, Corpus, contest, machine, show};
use rusqlite::{Connection, params};

/// One request.
#[derive(Debug)]
struct Record<'l> {
    path: &'l str,
    status: u16,
    micros: u64,
}

/// What can end the pipeline.
#[derive(Debug)]
enum Failure {
    Read(io::Error),
    Parse(String),
    Store(rusqlite::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "cannot read the log: {error}"),
            Self::Parse(line) => write!(f, "`{line}` is not `path status micros`"),
            Self::Store(error) => write!(f, "cannot store: {error}"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error)
    }
}

/// A line as it was read.
struct Line(io::Result<String>);

/// One line, or a batch of them: the only thing that a batched body must not care about.
trait Lines {
    fn lines(self) -> impl Iterator<Item = io::Result<String>>;
}

impl Lines for Line {
    fn lines(self) -> impl Iterator<Item = io::Result<String>> {
        std::iter::once(self.0)
    }
}

impl Lines for Vec<Line> {
    fn lines(self) -> impl Iterator<Item = io::Result<String>> {
        self.into_iter().map(|line| line.0)
    }
}

fn parse(line: &str) -> Result<Record<'_>, Failure> {
    let mut fields = line.split(' ');
    let record = (|| {
        let path = fields.next()?;
        let status = fields.next()?.parse().ok()?;
        let micros = fields.next()?.parse().ok()?;
        fields.next().is_none().then_some(Record { path, status, micros })
    })();
    record.ok_or_else(|| Failure::Parse(line.to_owned()))
}

/// The database, in memory.
struct Database(Mutex<Connection>);

impl Database {
    fn create() -> rusqlite::Result<Self> {
        let connection = Connection::open_in_memory()?;
        connection
            .execute_batch("create table request (path text, status integer, micros integer)")?;
        Ok(Self(Mutex::new(connection)))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of `records` in one transaction.
    fn insert(&self, records: &[Record<'_>]) -> rusqlite::Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let mut insert = transaction.prepare_cached("insert into request values (?, ?, ?)")?;
        for record in records {
            insert.execute(params![record.path, record.status, record.micros])?;
        }
        drop(insert);
        transaction.commit()
    }

    /// The pages that took longest, with how often they were asked for.
    fn slowest(&self) -> rusqlite::Result<Vec<(String, u64, u64)>> {
        let sql = "select path, count(*), sum(micros) from request where status = 200
                   group by path order by 3 desc, path limit 3";
        let connection = self.lock();
        let mut slowest = connection.prepare(sql)?;
        slowest.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
    }
}

macro_rules! builds {
    ($($build:ident where $annotated:meta;)*) => {$(
        mod $build {
            use super::*;

            #[cfg_attr($annotated, pool_runtime::bounded(queue = 5_000))]
            #[cfg_attr($annotated, pool_runtime::batched(size = 500))]
            pub(super) fn load(log: impl BufRead, db: &Database) -> Result<(u64, u64), Failure> {
                let mut requests = 0;
                let mut failed = 0;
                for batch in log.lines().map(Line) {
                    let lines: Vec<String> = batch.lines().collect::<Result<_, _>>()?;
                    let mut records = Vec::new();
                    for line in &lines {
                        let record = parse(line)?;
                        requests += 1;
                        failed += u64::from(record.status >= 400);
                        records.push(record);
                    }
                    db.insert(&records)?;
                }
                Ok((requests, failed))
            }
        }
    )*};
}

builds! {
    plain where any();
    annotated where all();
}

/// A log of `count` requests for the files of `corpus`.
fn write_log(path: &Path, corpus: &Corpus, count: usize) -> io::Result<()> {
    let mut log = BufWriter::new(File::create(path)?);
    for (n, file) in corpus.files.iter().cycle().take(count).enumerate() {
        let page = file.strip_prefix(&corpus.root).unwrap_or(file).display().to_string();
        let status = if n % 17 == 3 { 404 } else { 200 };
        writeln!(log, "/{} {status} {}", page.replace(' ', "_"), n * 7919 % 10_007)?;
    }
    log.flush()
}

/// A build of the pipeline: how many requests there were, and how many failed.
type Load = fn(BufReader<File>, &Database) -> Result<(u64, u64), Failure>;

fn main() -> io::Result<()> {
    let args = Args::read();
    let corpus = Corpus::find(args.path.as_deref(), 8 << 20)?;
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("access.log");
    let count = args.scaled(200_000);
    write_log(&path, &corpus, count)?;
    machine();
    let run = |load: Load| {
        let run = || -> Result<_, Failure> {
            let db = Database::create()?;
            let counted = load(BufReader::new(File::open(&path)?), &db)?;
            Ok((counted, db.slowest()?))
        };
        run().map_err(|failure| failure.to_string())
    };
    let (outcome, timings) = contest(
        args.runs(),
        &mut [
            ("without the attributes", &mut || run(plain::load)),
            ("#[bounded] #[batched]", &mut || run(annotated::load)),
        ],
    );
    let ((requests, failed), slowest) = outcome.map_err(io::Error::other)?;
    assert_eq!(requests, count as u64, "every line was stored");
    show(&format!("{requests} requests, {failed} failed"), "", &timings);
    for (page, times, micros) in slowest {
        say(&format!("{page}: {times} times, {micros} us"));
    }
    say("both builds stored the same");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bad_line_is_reported_by_both_builds() {
        let mut log = "/a 200 5\n".repeat(3_000);
        log += "first bad line\n";
        log += &"/b 404 7\n".repeat(2_000);
        log += "second bad line\n";
        let outcomes = [
            plain::load(log.as_bytes(), &Database::create().expect("in memory")),
            annotated::load(log.as_bytes(), &Database::create().expect("in memory")),
        ];
        for outcome in outcomes {
            assert!(matches!(outcome, Err(Failure::Parse(line)) if line == "first bad line"));
        }
    }
}
