//! What may be done with a whole batch: the macro behind rustc's notes changes none of it.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use std::collections::HashMap;

use pool_runtime::{batched, bounded, pooled};

trait Total {
    fn total(&self) -> u64;
    fn totals(self, with: impl Fn(u64) -> u64) -> u64;
}

impl Total for &[u64] {
    fn total(&self) -> u64 {
        self.iter().sum()
    }
    fn totals(self, with: impl Fn(u64) -> u64) -> u64 {
        self.iter().copied().map(with).sum()
    }
}

fn send(batch: &[u64], weight: impl Fn(u64) -> u64) -> Result<u64, String> {
    if batch.contains(&u64::MAX) {
        return Err("not a weight".to_owned());
    }
    Ok(batch.iter().copied().map(weight).sum())
}

struct Sent<'a> {
    batch: &'a [u64],
}

#[derive(Default)]
struct Log {
    batches: Vec<Vec<u64>>,
    sizes: Vec<usize>,
}

impl Log {
    #[batched(size = 3)]
    fn keep(&mut self, values: Vec<u64>) {
        for r#type in values {
            self.sizes.push(r#type.len());
            self.batches.push(r#type);
        }
    }

    #[bounded(queue = 8)]
    #[batched(size = 3, linger = "1ms")]
    fn keep_all(&mut self, values: impl Iterator<Item = u64>) {
        for batch in values {
            let size = batch.len();
            #[ordered]
            {
                self.sizes.push(size);
                self.batches.push(batch);
            }
        }
    }
}

#[pooled(workers = 2)]
#[batched(size = 4)]
fn slices(values: &[u64]) -> Result<u64, String> {
    let mut sum = 0;
    let weights: HashMap<u64, u64> = HashMap::new();
    for batch in values {
        sum += send(batch, |value| value * 2)?;
        sum += (&batch).total() + batch.total();
        sum += batch.totals(|value| {
            let doubled = value * 2;
            doubled + weights.get(&value).unwrap_or(&0)
        });
        let same = batch;
        let pair = (same, batch);
        let sent = Sent { batch: pair.1 };
        if sent.batch == batch && batch != &[0u64][..] && [7u64][..] != *batch {
            sum += 1;
        }
        match batch {
            [] => return Err("empty".to_owned()),
            [first, ..] => sum += first,
        }
        sum += batch.iter().rev().copied().max().ok_or("empty")?;
    }
    Ok(sum)
}

macro_rules! sum_of_all {
    ($name:ident, $batch:ident, $values:ident) => {
        #[batched(size = 2)]
        fn $name($values: &[u64]) -> u64 {
            let mut sum = 0;
            for $batch in $values {
                sum += send($batch, |value| value).unwrap_or(0);
                sum += $batch.total();
            }
            sum
        }
    };
    ($name:ident) => {
        #[batched(size = 2)]
        fn $name(values: &[u64]) -> u64 {
            let mut sum = 0;
            for batch in values {
                sum += send(batch, |value| value).unwrap_or(0);
                sum += batch.total();
            }
            sum
        }
    };
}

sum_of_all!(named, part, all);
sum_of_all!(hidden);

fn main() {
    let values: Vec<u64> = (1..=10).collect();
    let mut log = Log::default();
    log.keep(values.clone());
    assert_eq!(log.sizes, [3, 3, 3, 1]);
    assert_eq!(log.batches.concat(), values);
    let mut log = Log::default();
    log.keep_all(values.clone().into_iter());
    assert_eq!(log.batches.concat(), values);
    assert_eq!(slices(&values), Ok(6 * 55 + 3 + 15 + 22));
    assert_eq!((named(&values), hidden(&values)), (110, 110));
}
