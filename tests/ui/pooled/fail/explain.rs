//! What `explain` says; an error here, as this program denies warnings.
#![deny(deprecated)]

use std::collections::HashMap;
use std::sync::mpsc::Receiver;

use pool_runtime::{Task, batched, bounded, pooled};

struct Report {
    total: f64,
    highest: HashMap<u8, i64>,
    lines: Vec<String>,
    least: (i64, usize),
}

#[pooled(explain, scratch(buffer), chunk = 100)]
fn everything(
    items: &[(u8, i64)],
    names: &[String],
    report: &mut Report,
    out: &mut [i64],
) -> Result<(), std::num::ParseIntError> {
    let mut counts = [0; 256];
    let mut best = i64::MAX;
    let mut at = 0;
    let mut half;
    let mut buffer = String::new();
    for (i, &(key, value)) in items.iter().enumerate() {
        half = value / 2;
        report.total += half as f64;
        let highest = report.highest.entry(key).or_insert(0);
        *highest = value.max(*highest);
        report.lines.push(names[i].clone());
        counts[usize::from(key)] += 1;
        if value < best {
            best = value;
            at = i;
        }
        buffer.clear();
        buffer.push_str(&names[i]);
        out[i] = buffer.parse::<i64>()?;
        if value == 0 {
            break;
        }
    }
    report.least = (best, at);
    println!("{counts:?}");
    Ok(())
}

#[pooled]
fn two(n: u64, lines: impl Iterator<Item = String> + Send, queue: Receiver<u64>) -> u64 {
    let (mut sum, mut length, mut product) = (0, 0, 1);
    #[pooled(explain)]
    for i in 0..n {
        sum += i;
    }
    #[bounded(queue = 10, explain)]
    for line in lines {
        length += line.len();
    }
    #[batched(size = 8, explain)]
    while let Ok(xs) = queue.recv() {
        for x in xs {
            product *= x;
        }
    }
    sum + length as u64 + product
}

#[bounded(workers = 2, queue = 8, on_full = "drop_oldest", explain)]
fn task(x: u64) -> Task<u64> {
    x + 1
}


fn main() {}
