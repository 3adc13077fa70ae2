//! Statements under `#[cfg(..)]`: what rustc takes away does not count.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(unused, reason = "what rustc takes away leaves things behind")]

use tests::{noise, same, twins};

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

twins! { pooled() fn taken_away(xs: &[u64]) -> (u64, u64) {
    let (mut sum, mut last) = (0, 0);
    for &x in xs {
        sum += x;
        #[cfg(any())]
        {
            last /= sum;
        }
        #[cfg(not(any()))]
        {
            sum += 1;
        }
        #[cfg(debug_assertions)]
        let twice = x * 2;
        #[cfg(not(debug_assertions))]
        let twice = x * 2;
        if x > 500 {
            #[cfg(any())]
            println!("{sum}");
            sum += twice;
        }
    }
    (sum, last)
} }

struct Sums {
    sum: u64,
}

impl Sums {
    /// A method is given for each case as well.
    #[pool_runtime::pooled(workers = 3, chunk = 5)]
    fn add(&mut self, xs: &[u64]) {
        for &x in xs {
            #[cfg(any())]
            self.clear();
            self.sum += x;
        }
    }
}

#[test]
fn statements_that_are_taken_away() {
    same!(taken_away as f => |n| f(&small(n)));
    let mut sums = Sums { sum: 1 };
    sums.add(&small(100));
    assert_eq!(sums.sum, 1 + small(100).iter().sum::<u64>());
}
