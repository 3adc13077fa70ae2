//! Items that cost very different amounts, and handing them out by hand.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::thread;

/// Every thread takes the next item, one atomic addition each.
pub(crate) fn one_by_one(len: u64, body: impl Fn(u64) -> u64 + Sync) -> u64 {
    let (next, total) = (AtomicUsize::new(0), AtomicU64::new(0));
    let work = || {
        let mut sum = 0;
        loop {
            let item = next.fetch_add(1, Relaxed) as u64;
            if item >= len {
                break;
            }
            sum += body(item);
        }
        total.fetch_add(sum, Relaxed);
    };
    thread::scope(|scope| {
        for _ in 1..rayon::current_num_threads() {
            scope.spawn(work);
        }
        work();
    });
    total.into_inner()
}

/// How often the points of a row are iterated before they escape, at most 256 times each.
pub(crate) fn row(y: u64, side: u64) -> u64 {
    let at = |k: u64| k as f64 * 3.0 / side as f64;
    let mut total = 0;
    for x in 0..side {
        let (cx, cy) = (at(x) - 2.0, at(y) - 1.5);
        let (mut re, mut im, mut steps) = (0.0, 0.0, 0);
        while steps < 256 && re * re + im * im <= 4.0 {
            (re, im) = (re * re - im * im + cx, 2.0 * re * im + cy);
            steps += 1;
        }
        total += steps;
    }
    total
}
