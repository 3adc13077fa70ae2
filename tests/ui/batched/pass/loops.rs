//! Batches of every kind of source, alone and with the other attributes.

use std::time::Duration;

use pool_runtime::{batched, bounded, pooled};

#[batched(size = 3)]
fn subslices(items: &[u64]) -> Vec<&[u64]> {
    let mut batches = Vec::new();
    for batch in items {
        batches.push(batch);
    }
    batches
}

#[pooled(workers = 2)]
#[batched(size = items.len() / 2 + 1)]
fn vectors(items: Vec<String>) -> Vec<Vec<String>> {
    let mut batches = Vec::new();
    for batch in items {
        batches.push(batch);
    }
    batches
}

#[batched(size = 100, linger = Duration::from_millis(1))]
#[bounded(queue = 200)]
fn stream(items: impl Iterator<Item = u64>) -> u64 {
    let mut sum = 0;
    for batch in items {
        sum += batch.iter().sum::<u64>();
    }
    sum
}

#[batched(size = 2)]
fn in_place(items: &mut [u64]) -> Result<usize, String> {
    let mut full = 0;
    for batch in items.iter_mut() {
        let [first, second] = batch else { return Err(format!("{} alone", batch[0])) };
        std::mem::swap(first, second);
        full += 1;
    }
    Ok(full)
}

#[batched(size = 4, scratch(line = String::new()))]
fn joined(words: &[&str], out: &mut String) {
    for batch in words {
        line.clear();
        line.push_str(&batch.join(" "));
        let line = line.to_uppercase();
        #[ordered]
        {
            out.push_str(&line);
            out.push('\n');
        }
    }
}

fn main() {
    assert_eq!(subslices(&[1, 2, 3, 4]), [&[1, 2, 3][..], &[4]]);
    assert_eq!(vectors(vec!["a".into(), "b".into(), "c".into()]).concat().len(), 3);
    assert_eq!(stream(0..1000), 499_500);
    let mut items = [1, 2, 3, 4];
    assert_eq!(in_place(&mut items), Ok(2));
    assert_eq!(items, [2, 1, 4, 3]);
    let mut out = String::new();
    joined(&["a", "b", "c", "d", "e"], &mut out);
    assert_eq!(out, "A B C D\nE\n");
}
