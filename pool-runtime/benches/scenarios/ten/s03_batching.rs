//! Events into a SQLite database, a transaction for each or for a hundred.

use std::sync::Mutex;

use pool_runtime::batched;
use rusqlite::{Connection, Result, ToSql, params_from_iter};

use super::locked;
use crate::measure::{Measure, Role, kept};

const EVENTS: i64 = 2_000;

struct Database {
    connection: Mutex<Connection>,
    _directory: tempfile::TempDir,
}

impl Database {
    fn create() -> Result<Self> {
        let directory = tempfile::tempdir().expect("the system has room for a database");
        let connection = Connection::open(directory.path().join("events.sqlite"))?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "normal")?;
        connection.execute_batch("create table event (number integer, weight integer)")?;
        Ok(Self { connection: Mutex::new(connection), _directory: directory })
    }

    /// One call: a transaction with one statement.
    fn insert(&self, batch: &[(i64, i64)]) -> Result<usize> {
        let mut connection = locked(&self.connection);
        let transaction = connection.transaction()?;
        let rows = vec!["(?,?)"; batch.len()].join(",");
        let values = batch.iter().flat_map(|(number, weight)| [number as &dyn ToSql, weight]);
        let count = transaction
            .prepare_cached(&format!("insert into event values {rows}"))?
            .execute(params_from_iter(values))?;
        transaction.commit()?;
        Ok(count)
    }

    /// Rows and sum of weights, of all that came since the last time.
    fn take(&self) -> Result<(i64, i64)> {
        let connection = locked(&self.connection);
        let sql = "select count(*), coalesce(sum(weight), 0) from event";
        let found = connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        connection.execute_batch("delete from event")?;
        Ok(found)
    }
}

fn sequential(db: &Database, events: &[(i64, i64)]) -> Result<()> {
    for event in events {
        db.insert(std::slice::from_ref(event))?;
    }
    Ok(())
}

fn by_hand(db: &Database, events: &[(i64, i64)]) -> Result<()> {
    events.chunks(100).try_for_each(|batch| db.insert(batch).map(drop))
}

#[batched(size = 100, workers = 10)]
fn annotated(db: &Database, events: &[(i64, i64)]) -> Result<()> {
    for batch in events {
        db.insert(batch)?;
    }
    Ok(())
}

type Insert = fn(&Database, &[(i64, i64)]) -> Result<()>;

pub(crate) fn measure() -> Measure {
    let events: &[_] = kept((0..EVENTS).map(|k| (k, k * 37 % 1009)).collect::<Vec<_>>());
    let db = kept(Database::create().expect("SQLite creates a database"));
    let version = move |insert: Insert| {
        move || {
            insert(db, events).expect("SQLite inserts");
            db.take().expect("SQLite counts")
        }
    };
    Measure::new("3 batching: 2,000 rows into SQLite", EVENTS as u64)
        .every(3)
        .version(Role::Sequential, "sequential, row by row", version(sequential))
        .version(Role::Hand, "chunks of 100", version(by_hand))
        .version(Role::Annotated, "batched", version(annotated))
}
