//! Scenario 3: events go into a real SQLite database. One statement per event pays for a transaction
//! each time; `#[batched(size = 100)]` hands the body a hundred events at once, in a loop as well as
//! from callers that do not know each other.
//!
//! With the feature `postgres` the same goes to the server that `DATABASE_URL` names.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use examples::contest::{Timing, median, say};
use examples::naive::Naive;
use examples::{Args, machine, show};
use pool_runtime::{Task, batched};
use rusqlite::{Connection, ToSql, params_from_iter};

/// What is stored.
#[derive(Clone, Debug)]
struct Event {
    number: i64,
    kind: &'static str,
    weight: i64,
}

fn events(count: usize) -> Vec<Event> {
    let kinds = ["open", "read", "write", "close"];
    (0..count as i64)
        .map(|number| Event {
            number,
            kind: kinds[number as usize % 4],
            weight: number * 37 % 1009,
        })
        .collect()
}

/// A database that counts the calls made to it.
struct Database {
    connection: Mutex<Connection>,
    _directory: tempfile::TempDir,
}

impl Database {
    fn create() -> rusqlite::Result<Arc<Self>> {
        let directory = tempfile::tempdir().expect("the system has room for a database");
        let connection = Connection::open(directory.path().join("events.sqlite"))?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "normal")?;
        connection.execute_batch(
            "create table event (id integer primary key, number integer unique, kind text, weight integer)",
        )?;
        Ok(Arc::new(Self { connection: Mutex::new(connection), _directory: directory }))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One call: all of `batch` in one transaction, with one prepared statement.
    fn insert(&self, batch: &[Event]) -> rusqlite::Result<Vec<i64>> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let rows = vec!["(?,?,?)"; batch.len()].join(",");
        let sql = format!("insert into event (number, kind, weight) values {rows} returning id");
        let values = batch.iter().flat_map(|e| [&e.number as &dyn ToSql, &e.kind, &e.weight]);
        let ids = transaction
            .prepare_cached(&sql)?
            .query_map(params_from_iter(values), |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        transaction.commit()?;
        Ok(ids)
    }

    /// How many rows there are, how many different ones, and the sum of their weights.
    fn checksum(&self) -> rusqlite::Result<(i64, i64, i64)> {
        let sql = "select count(*), count(distinct number), coalesce(sum(weight), 0) from event";
        self.lock().query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    }
}

fn one_by_one(db: &Database, events: &[Event]) -> rusqlite::Result<usize> {
    let mut calls = 0;
    for event in events {
        db.insert(std::slice::from_ref(event))?;
        calls += 1;
    }
    Ok(calls)
}

#[batched(size = 100, workers = 10)]
fn in_batches(db: &Database, events: &[Event]) -> rusqlite::Result<usize> {
    let mut calls = 0;
    for batch in events {
        db.insert(batch)?;
        calls += 1;
    }
    Ok(calls)
}

/// The usual pool: one task and one statement per event.
fn naive(pool: &Naive, db: &Database, events: &[Event]) -> rusqlite::Result<usize> {
    let results = Mutex::new(Vec::new());
    pool.scope(|scope| {
        for event in events {
            let results = &results;
            scope.spawn(move |_| {
                let result = db.insert(std::slice::from_ref(event)).map(|_| 1);
                results.lock().unwrap_or_else(PoisonError::into_inner).push(result);
            });
        }
    });
    results.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().sum()
}

fn by_hand(db: &Database, events: &[Event]) -> rusqlite::Result<usize> {
    events.chunks(100).map(|batch| db.insert(batch).map(|_| 1)).sum()
}

/// Callers insert one event and get its id; the function collects what arrives within 2 ms.
#[batched(workers = 1, size = 100, linger = "2ms")]
fn record(db: Vec<Arc<Database>>, events: Vec<Event>) -> Task<Result<i64, String>> {
    db[0].insert(&events).map_err(|error| error.to_string())
}

/// The same without waiting for company.
#[batched(workers = 1, size = 1)]
fn record_alone(db: Vec<Arc<Database>>, events: Vec<Event>) -> Task<Result<i64, String>> {
    db[0].insert(&events).map_err(|error| error.to_string())
}

fn loops(args: &Args, count: usize) -> rusqlite::Result<()> {
    let events = events(count);
    let weight = events.iter().map(|event| event.weight).sum();
    let pool = Naive::new(50);
    type Version<'a> = (&'static str, Box<dyn Fn(&Database) -> rusqlite::Result<usize> + 'a>);
    let versions: [Version<'_>; 4] = [
        ("sequential loop, one call per event", Box::new(|db| one_by_one(db, &events))),
        ("naive pool, one call per event", Box::new(|db| naive(&pool, db, &events))),
        ("batches by hand", Box::new(|db| by_hand(db, &events))),
        ("#[batched(size = 100, workers = 10)]", Box::new(|db| in_batches(db, &events))),
    ];
    let mut timings = Vec::new();
    for (name, work) in versions {
        let mut times = Vec::new();
        let mut calls = 0;
        // A million single calls take over a minute.
        for _ in 0..if count < 1_000_000 { args.runs().min(3) } else { 1 } {
            let db = Database::create()?;
            let start = Instant::now();
            calls = work(&db)?;
            times.push(start.elapsed());
            let all = count as i64;
            assert_eq!(db.checksum()?, (all, all, weight), "{name}: every row exactly once");
        }
        let median = median(times);
        let rate = count as f64 / median.as_secs_f64();
        timings.push(Timing { name, median, figure: format!("{calls}, {rate:.0} rows/s") });
    }
    show(&format!("{count} events"), "calls", &timings);
    Ok(())
}

/// The call goes out in the order of the events, whoever has prepared it.
#[batched(size = 100, workers = 10)]
fn in_order(db: &Database, events: &[Event]) -> Result<usize, String> {
    let mut calls = 0;
    for batch in events {
        let batch = batch.to_vec();
        #[ordered]
        {
            db.insert(&batch).map_err(|error| format!("batch {calls}: {error}"))?;
            calls += 1;
        }
    }
    Ok(calls)
}

/// A batch in the middle that the database refuses.
fn failing(count: usize) -> rusqlite::Result<()> {
    let db = Database::create()?;
    let mut events = events(count);
    let bad = count / 200;
    events[bad * 100 + 7].number = 0;
    let error = in_order(&db, &events).expect_err("a number that is there already is refused");
    assert!(error.starts_with(&format!("batch {bad}: ")), "{error}");
    let rows = db.checksum()?.0;
    assert_eq!(rows, bad as i64 * 100, "those before it are there, and no other");
    say(&format!("{error}; the {rows} events before it are stored, none behind it"));
    Ok(())
}

/// Eight threads that know nothing of each other insert through the batched function.
fn tasks(count: usize) -> rusqlite::Result<()> {
    let db = Database::create()?;
    let all = events(count);
    let start = Instant::now();
    let ids: Vec<(i64, i64)> = thread::scope(|scope| {
        let callers: Vec<_> = all
            .chunks(count.div_ceil(8))
            .map(|share| {
                let db = &db;
                scope.spawn(move || {
                    let tasks: Vec<_> = share
                        .iter()
                        .map(|event| (event.number, record(Arc::clone(db), event.clone())))
                        .collect();
                    let id = |task: Task<Result<i64, String>>| {
                        task.join().expect("inserting does not panic").expect("the row is new")
                    };
                    tasks.into_iter().map(|(number, task)| (number, id(task))).collect::<Vec<_>>()
                })
            })
            .collect();
        callers
            .into_iter()
            .flat_map(|caller| caller.join().expect("callers do not panic"))
            .collect()
    });
    let took = start.elapsed();
    for (number, id) in ids {
        let sql = "select number from event where id = ?";
        assert_eq!(
            db.lock().query_row(sql, [id], |row| row.get::<_, i64>(0))?,
            number,
            "the right id"
        );
    }
    let rate = count as f64 / took.as_secs_f64();
    say(&format!(
        "8 threads, one call per event, `record(..) -> Task`: {rate:.0} rows/s, every id is the right one"
    ));
    Ok(())
}

/// What one event pays for being batched: it waits for company.
fn latency() -> rusqlite::Result<()> {
    let db = Database::create()?;
    type Record = fn(Arc<Database>, Event) -> Task<Result<i64, String>>;
    for (k, (name, record)) in
        [("linger = \"2ms\"", record as Record), ("size = 1", record_alone)].into_iter().enumerate()
    {
        let times = (0..50).map(|i| {
            let event = Event { number: (k * 50 + i) as i64, kind: "alone", weight: 1 };
            let start = Instant::now();
            record(Arc::clone(&db), event)
                .join()
                .expect("inserting does not panic")
                .expect("the row is new");
            start.elapsed()
        });
        let latency: Duration = median(times.collect());
        say(&format!("a single event with {name} is stored after {latency:.1?}"));
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let args = Args::read();
    machine();
    let run = || {
        loops(&args, args.scaled(10_000))?;
        loops(&args, args.scaled(1_000_000))?;
        failing(args.scaled(10_000))?;
        tasks(args.scaled(100_000))?;
        latency()
    };
    run().map_err(io::Error::other)?;
    #[cfg(feature = "postgres")]
    examples::postgres::compare(args.scaled(10_000)).map_err(io::Error::other)?;
    Ok(())
}
