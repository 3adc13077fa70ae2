//! What one writes by hand for a loop that ends with the first error by position.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Chunks claimed in order; the lowest error so far ends those behind it. The sum of all before.
pub(crate) fn first_error(
    items: &[u64],
    check: impl Fn(usize, u64) -> Result<u64, usize> + Sync,
) -> Result<u64, usize> {
    const CHUNK: usize = 4096;
    let (next, bound, total) = (AtomicUsize::new(0), AtomicUsize::new(usize::MAX), Mutex::new(0));
    let work = || {
        let mut sum = 0;
        loop {
            let start = next.fetch_add(CHUNK, Ordering::Relaxed);
            if start >= items.len().min(bound.load(Ordering::Relaxed)) {
                break;
            }
            let chunk = &items[start..items.len().min(start + CHUNK)];
            for (i, &item) in (start..).zip(chunk) {
                match check(i, item) {
                    Ok(value) => sum += value,
                    Err(at) => {
                        bound.fetch_min(at, Ordering::Relaxed);
                        break;
                    }
                }
            }
        }
        *total.lock().unwrap() += sum;
    };
    thread::scope(|scope| {
        (1..rayon::current_num_threads()).for_each(|_| drop(scope.spawn(work)));
        work();
    });
    match bound.into_inner() {
        usize::MAX => Ok(total.into_inner().unwrap()),
        at => Err(at),
    }
}
