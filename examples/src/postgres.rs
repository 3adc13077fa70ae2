//! The batching scenario against a PostgreSQL server.

use std::env;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use postgres::types::ToSql;
use postgres::{Client, Error, NoTls};

use crate::contest::{Timing, say, show};

fn insert(client: &Mutex<Client>, batch: &[i64]) -> Result<(), Error> {
    let rows: Vec<String> = (1..=batch.len()).map(|k| format!("(${k})")).collect();
    let sql = format!("insert into pool_event (number) values {}", rows.join(","));
    let values: Vec<&(dyn ToSql + Sync)> = batch.iter().map(|n| n as _).collect();
    client.lock().unwrap_or_else(PoisonError::into_inner).execute(&sql, &values)?;
    Ok(())
}

#[pool_runtime::batched(size = 100, workers = 10)]
fn in_batches(client: &Mutex<Client>, numbers: &[i64]) -> Result<usize, Error> {
    let mut calls = 0;
    for batch in numbers {
        insert(client, batch)?;
        calls += 1;
    }
    Ok(calls)
}

fn one_by_one(client: &Mutex<Client>, numbers: &[i64]) -> Result<usize, Error> {
    let mut calls = 0;
    for number in numbers {
        insert(client, std::slice::from_ref(number))?;
        calls += 1;
    }
    Ok(calls)
}

/// Inserts `count` rows one by one and in batches, if `DATABASE_URL` names a server.
///
/// # Errors
/// When the server refuses.
pub fn compare(count: usize) -> Result<(), Error> {
    let Ok(url) = env::var("DATABASE_URL") else {
        say("DATABASE_URL names no PostgreSQL server: skipped");
        return Ok(());
    };
    let mut client = Client::connect(&url, NoTls)?;
    client.batch_execute("create temporary table pool_event (number bigint)")?;
    let client = Mutex::new(client);
    let numbers: Vec<i64> = (0..count as i64).collect();
    let mut timings = Vec::new();
    type Version = fn(&Mutex<Client>, &[i64]) -> Result<usize, Error>;
    let versions: [(&'static str, Version); 2] = [
        ("sequential loop, one call per event", one_by_one),
        ("#[batched(size = 100)]", in_batches),
    ];
    for (name, version) in versions {
        let start = Instant::now();
        let calls = version(&client, &numbers)?;
        timings.push(Timing { name, median: start.elapsed(), figure: calls.to_string() });
    }
    show(&format!("{count} events to PostgreSQL"), "calls", &timings);
    let rows: i64 = client
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
        .query_one("select count(*) from pool_event", &[])?
        .get(0);
    assert_eq!(rows, 2 * count as i64, "every row is there");
    Ok(())
}
