//! Attributes under `cfg_attr`, on functions, loops and ordered blocks.
#![deny(warnings, missing_docs, unused, unreachable_code, elided_lifetimes_in_paths)]

use pool_runtime::{bounded, pooled};

#[cfg_attr(all(), pooled(workers = 2))]
#[cfg_attr(all(), bounded(queue = 8))]
fn on(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}

#[cfg_attr(any(), pooled(wrokers = "not looked at"))]
fn off(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}

struct Rows(Vec<u64>);

impl Rows {
    /// Both builds of markers with conditions: the one that holds is compiled.
    #[cfg_attr(all(), pooled(workers = 3))]
    fn fill(&mut self, log: &mut Vec<u64>) -> u64 {
        let mut sum = 0;
        #[cfg_attr(all(), pooled(chunk = 4))]
        for i in 0..self.0.len() {
            self.0[i] = i as u64;
        }
        // A marker that is not there leaves a loop that may do what no parallel one may.
        let mut last = 0;
        #[cfg_attr(any(), pooled)]
        for row in &self.0 {
            last = *row - last;
        }
        #[cfg_attr(not(any()), pooled(workers = 2))]
        for row in &self.0 {
            sum += row;
            #[cfg_attr(all(), ordered)]
            {
                log.push(*row);
            }
        }
        sum + last
    }
}

fn main() {
    assert_eq!(on(100), off(100));
    let (mut rows, mut log) = (Rows(vec![9; 50]), Vec::new());
    assert_eq!(rows.fill(&mut log), 1_225 + 25);
    assert!(rows.0.iter().copied().eq(0..50) && log == rows.0);
}
