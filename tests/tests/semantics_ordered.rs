//! `#[ordered] { .. }`: the end of a body, item by item in the source's order.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::collections::HashMap;
use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use pool_runtime::{batched, bounded, pooled};
use tests::{LARGE, across, noise, plans};

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

// ---- ordered sections ------------------------------------------------------------------------

#[bounded(workers = tests::workers(), queue = tests::chunk())]
fn write_in_order(xs: &[u64], out: &mut Vec<u8>) -> io::Result<u64> {
    let mut sum = 0;
    for x in xs {
        let line = format!("{x:?} {}", x * x);
        sum += x;
        #[ordered]
        {
            Write::write_all(out, line.as_bytes())?;
            out.push(b'\n');
        }
    }
    Ok(sum)
}

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn ordered_in_a_pooled_loop(xs: &[u64]) -> (Vec<u64>, u64) {
    let mut running = Vec::new();
    let mut last = 7;
    for &x in xs {
        let y = x / 3;
        #[ordered]
        {
            last = last * 31 % 1009 + y;
            running.push(last);
        }
    }
    (running, last)
}

#[test]
fn ordered_sections_run_in_the_order_of_the_source() {
    across(|n| {
        let xs = small(n);
        let mut out = Vec::new();
        assert_eq!(write_in_order(&xs, &mut out).unwrap(), xs.iter().sum::<u64>());
        let expected: String = xs.iter().map(|x| format!("{x:?} {}\n", x * x)).collect();
        assert_eq!(String::from_utf8(out).unwrap(), expected);

        let mut last = 7;
        let running: Vec<u64> = xs
            .iter()
            .map(|x| {
                last = last * 31 % 1009 + x / 3;
                last
            })
            .collect();
        assert_eq!(ordered_in_a_pooled_loop(&xs), (running, last));
    });
}

#[bounded(workers = 3, queue = 5)]
fn ordered_with_exit(xs: &[u64], limit: u64, out: &mut Vec<u64>) -> Result<(), u64> {
    for &x in xs {
        let y = x + 1;
        if x == 999 {
            return Err(y);
        }
        #[ordered]
        {
            if x >= limit {
                return Err(x);
            }
            out.push(x);
        }
    }
    Ok(())
}

#[test]
fn an_exit_ends_the_ordered_sections_too() {
    across(|n| {
        let xs = small(n);
        for limit in [0, 500, 995, 1000] {
            let at = xs.iter().position(|&x| x >= limit || x == 999);
            let mut out = Vec::new();
            let outcome = ordered_with_exit(&xs, limit, &mut out);
            match at {
                Some(at) if xs[at] == 999 => assert_eq!(outcome, Err(1000)),
                Some(at) => assert_eq!(outcome, Err(xs[at])),
                None => assert_eq!(outcome, Ok(())),
            }
            assert_eq!(out, xs[..at.unwrap_or(n)]);
        }
    });
}

// ---- what an ordered section may change -------------------------------------------------------

type State = (Vec<i64>, i64, Option<i64>, HashMap<i64, usize>, [i64; 3]);

fn machine_by_hand(xs: &[u64]) -> State {
    let (mut diffs, mut last, mut first, mut ring) = (Vec::new(), 0, None, [0; 3]);
    let mut seen = HashMap::new();
    for (i, x) in xs.iter().enumerate() {
        let y = (*x as i64 * 17) % 23 - 11;
        let diff = y - last;
        diffs.push(diff);
        last = y;
        if first.is_none() && diff < 0 {
            first = Some(diff);
        }
        if let Some(times) = seen.get_mut(&diff) {
            *times += 1;
        } else {
            seen.insert(diff, i);
        }
        ring[i % 3] = last + ring[(i + 1) % 3];
        if diffs.len() > 50 {
            diffs.remove(0);
        }
    }
    (diffs, last, first, seen, ring)
}

#[pooled(workers = tests::workers(), chunk = tests::chunk())]
fn machine(xs: &[u64]) -> State {
    let (mut diffs, mut last, mut first, mut ring) = (Vec::new(), 0, None, [0; 3]);
    let mut seen = HashMap::new();
    for (i, x) in xs.iter().enumerate() {
        let y = (*x as i64 * 17) % 23 - 11;
        #[ordered]
        {
            let diff = y - last;
            diffs.push(diff);
            last = y;
            if first.is_none() && diff < 0 {
                first = Some(diff);
            }
            if let Some(times) = seen.get_mut(&diff) {
                *times += 1;
            } else {
                seen.insert(diff, i);
            }
            ring[i % 3] = last + ring[(i + 1) % 3];
            if diffs.len() > 50 {
                diffs.remove(0);
            }
        }
    }
    (diffs, last, first, seen, ring)
}

#[test]
fn an_ordered_section_changes_what_it_likes() {
    across(|n| {
        let xs = small(n);
        assert_eq!(machine(&xs), machine_by_hand(&xs));
    });
}

struct Journal {
    out: Vec<u8>,
    lines: usize,
    last: Option<String>,
}

impl Journal {
    fn put(&mut self, text: &str) {
        self.out.extend(text.bytes());
        self.lines += 1;
    }

    #[pooled(workers = tests::workers())]
    fn write_all(&mut self, xs: &[u64]) -> io::Result<()> {
        for x in xs {
            let text = format!("{:x}", x * x);
            #[ordered]
            {
                writeln!(self.out, "{}: {text}", self.lines)?;
                self.lines += 1;
                self.last = Some(text);
            }
        }
        Ok(())
    }

    #[bounded(workers = tests::workers(), queue = tests::chunk())]
    fn put_until(&mut self, xs: impl Iterator<Item = u64>, limit: usize) -> usize {
        for x in xs {
            let text = format!("{x};");
            #[ordered]
            {
                self.put(&text);
                if self.lines == limit {
                    break;
                }
            }
        }
        self.lines
    }
}

#[test]
fn an_ordered_section_of_a_method_changes_self() {
    plans(|| {
        let mut journal = Journal { out: Vec::new(), lines: 0, last: None };
        let xs = small(300);
        journal.write_all(&xs).unwrap();
        let expected: String =
            xs.iter().enumerate().map(|(i, x)| format!("{i}: {:x}\n", x * x)).collect();
        assert_eq!(String::from_utf8(std::mem::take(&mut journal.out)).unwrap(), expected);
        assert_eq!(journal.last, Some(format!("{:x}", xs[299] * xs[299])));

        assert_eq!(journal.put_until(0.., 350), 350);
        let expected: String = (0..50).map(|x| format!("{x};")).collect();
        assert_eq!(String::from_utf8(journal.out).unwrap(), expected);
    });
}

#[bounded(workers = 3, queue = 5)]
fn without_repeats(reader: impl BufRead) -> io::Result<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    for line in reader.lines() {
        let line = line?.to_uppercase();
        // The braces are the user's to write: no lint may call them unnecessary.
        #[deny(unused_braces)]
        #[ordered]
        {
            if lines.last() != Some(&line) {
                lines.push(line);
            }
        }
    }
    Ok(lines)
}

#[batched(size = 2)]
fn reversed_pairs(xs: Vec<u8>) -> Vec<u8> {
    let mut out = Vec::new();
    for pair in xs {
        #[ordered]
        {
            out.extend(pair.iter().rev());
        }
    }
    out
}

#[pooled]
fn popped(mut stack: Vec<i32>) -> Vec<i32> {
    let mut out = Vec::new();
    while let Some(x) = stack.pop() {
        let y = x * x;
        #[ordered]
        {
            out.push(y);
            out.reverse();
        }
    }
    out
}

#[test]
fn ordered_sections_of_every_kind_of_source() {
    assert_eq!(without_repeats(io::Cursor::new("a\nA\nb\nc\nC\na")).unwrap(), ["A", "B", "C", "A"]);
    assert!(without_repeats(io::Cursor::new(b"a\n\xff\n")).is_err());
    assert_eq!(reversed_pairs(vec![1, 2, 3, 4, 5]), [2, 1, 4, 3, 5]);
    assert_eq!(popped(vec![1, 2, 3]), [1, 9, 4]);
}

// ---- panics -----------------------------------------------------------------------------------

#[pooled(workers = tests::workers())]
fn panics_inside(xs: &[u64], at: usize, log: &mut Vec<u64>) {
    for (i, x) in xs.iter().enumerate() {
        let y = x + 1;
        #[ordered]
        {
            if i == at {
                panic!("item {i}");
            }
            log.push(y);
        }
    }
}

#[pooled(workers = tests::workers())]
fn panics_before(xs: &[u64], at: usize, log: &mut Vec<u64>) {
    for (i, x) in xs.iter().enumerate() {
        if i == at {
            panic!("item {i}");
        }
        let y = x + 1;
        #[ordered]
        {
            log.push(y);
        }
    }
}

#[test]
fn what_comes_before_a_panic_has_run() {
    let xs = small(LARGE);
    plans(|| {
        for work in [panics_inside, panics_before] {
            let mut log = Vec::new();
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&xs, 300, &mut log)));
            let payload = outcome.expect_err("the body panics");
            assert_eq!(payload.downcast_ref::<String>().unwrap(), "item 300");
            assert_eq!(log, xs[..300].iter().map(|x| x + 1).collect::<Vec<_>>());
        }
    });
}
