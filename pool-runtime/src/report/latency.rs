//! How long things took, as a distribution: log-linear buckets.
//!
//! The scheme of HdrHistogram (Gil Tene): every power of two is cut into [`PARTS`] equal parts, so a
//! value is known within 1 / `PARTS` of itself whatever its size. With 16 parts that is 6 %, and
//! 600 counters cover a nanosecond to nine minutes. The published crate brings three dependencies and
//! wants a lock; these are atomics that any thread may add to, in the default dependency tree.

use std::sync::OnceLock;
use std::time::Duration;

use super::count::Count;
use crate::clock::nanos;

/// Parts of a power of two, as a power of two.
const BITS: u32 = 4;
const PARTS: u64 = 1 << BITS;
/// Values with more binary digits than this are counted as the largest that has not.
const DIGITS: u32 = 39;
const BUCKETS: usize = ((DIGITS - BITS + 1) * (1 << BITS)) as usize;

/// A distribution of times. Takes no memory until the first is recorded.
#[derive(Debug)]
pub(crate) struct Histogram {
    buckets: OnceLock<Box<[Count]>>,
    most: Count,
}

/// The bucket of a time in nanoseconds.
fn bucket(ns: u64) -> usize {
    let ns = ns.min((1 << DIGITS) - 1);
    if ns < PARTS {
        return ns as usize;
    }
    let shift = ns.ilog2() - BITS;
    (u64::from(shift) * PARTS + (ns >> shift)) as usize
}

/// The largest time of a bucket, in nanoseconds.
fn ceiling(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < PARTS {
        return bucket;
    }
    let shift = bucket / PARTS - 1;
    let part = PARTS + bucket % PARTS;
    ((part + 1) << shift) - 1
}

impl Histogram {
    pub(crate) const fn new() -> Self {
        Self { buckets: OnceLock::new(), most: Count::new() }
    }

    /// One more. Rare enough (see [`Latency`]) to be counted for certain.
    pub(crate) fn record(&self, time: Duration) {
        let ns = nanos(time);
        let buckets = self.buckets.get_or_init(|| (0..BUCKETS).map(|_| Count::new()).collect());
        buckets[bucket(ns)].add(1);
        self.most.raise(ns);
    }

    /// Adds what `other` has recorded.
    pub(crate) fn merge(&self, other: &Self) {
        let Some(theirs) = other.buckets.get() else { return };
        let ours = self.buckets.get_or_init(|| (0..BUCKETS).map(|_| Count::new()).collect());
        for (ours, theirs) in ours.iter().zip(theirs) {
            ours.add(theirs.get());
        }
        self.most.raise(other.most.get());
    }

    /// The summary; `None`: nothing was recorded.
    pub(crate) fn quantiles(&self) -> Option<Quantiles> {
        let counts: Vec<u64> = self.buckets.get()?.iter().map(Count::get).collect();
        let samples: u64 = counts.iter().sum();
        let most = self.most.get();
        let at = |share: f64| {
            let rank = ((share * samples as f64).ceil() as u64).max(1);
            let mut seen = 0;
            let found = counts.iter().position(|count| {
                seen += count;
                seen >= rank
            });
            Duration::from_nanos(found.map_or(most, ceiling).min(most))
        };
        (samples > 0).then(|| Quantiles {
            samples,
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            max: Duration::from_nanos(most),
        })
    }
}

/// A distribution of times in five numbers, each known within 6 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quantiles {
    /// How many times were recorded.
    pub samples: u64,
    /// Half of them were at most this.
    pub p50: Duration,
    /// Nine of ten were at most this.
    pub p90: Duration,
    /// 99 of 100 were at most this.
    pub p99: Duration,
    /// The longest, exactly.
    pub max: Duration,
}

/// How long the calls of a task function waited and ran. The first calls of a function are
/// measured, and later one in 256: three looks at the clock and two entries here cost more than to hand
/// over a task, and a task of 160 ns is to be 2 % dearer at most.
#[derive(Debug)]
pub(crate) struct Latency {
    calls: Count,
    /// How often a worker has begun on some calls.
    pub(crate) shifts: Count,
    pub(crate) queued: Histogram,
    pub(crate) running: Histogram,
}

/// All of the first so many calls are measured.
const ALL: u64 = 1024;
/// Later, one in so many.
const ONE_IN: u64 = 256;

impl Latency {
    pub(crate) const fn new() -> Self {
        Self {
            calls: Count::new(),
            shifts: Count::new(),
            queued: Histogram::new(),
            running: Histogram::new(),
        }
    }

    /// Whether the next call is measured.
    pub(crate) fn samples(&self) -> bool {
        let calls = self.calls.get();
        self.calls.bump(1);
        calls < ALL || calls.is_multiple_of(ONE_IN)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_its_times_and_no_other() {
        let mut before = None;
        for bucket_index in 0..BUCKETS {
            let top = ceiling(bucket_index);
            let bottom = before.map_or(0, |before: u64| before + 1);
            assert_eq!(bucket(bottom), bucket_index);
            assert_eq!(bucket(top), bucket_index);
            assert!(bottom < PARTS || (top - bottom) as f64 <= bottom as f64 / PARTS as f64);
            before = Some(top);
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn quantiles_are_those_of_the_sorted_times_within_a_part() {
        let histogram = Histogram::new();
        assert_eq!(histogram.quantiles(), None);
        for us in 1..=1000 {
            histogram.record(Duration::from_micros(us));
        }
        let found = histogram.quantiles().expect("a thousand were recorded");
        assert_eq!((found.samples, found.max), (1000, Duration::from_millis(1)));
        for (quantile, us) in [(found.p50, 500), (found.p90, 900), (found.p99, 990)] {
            let exact = Duration::from_micros(us);
            assert!(quantile >= exact && quantile <= exact.mul_f64(1.07), "{quantile:?} {exact:?}");
        }
    }

    #[test]
    fn merging_adds_up() {
        let (one, other) = (Histogram::new(), Histogram::new());
        one.record(Duration::from_micros(1));
        other.record(Duration::from_micros(5));
        one.merge(&other);
        one.merge(&Histogram::new());
        let found = one.quantiles().expect("two were recorded");
        assert_eq!((found.samples, found.max), (2, Duration::from_micros(5)));
    }
}
