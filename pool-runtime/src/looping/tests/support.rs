//! A pool with more workers than cores, and one accumulator of each order.

use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::accumulate::{Accumulator, Order};
use crate::pool::Pool;
use crate::site::Site;

/// A site that has learned nothing.
pub(in crate::looping) fn site() -> &'static Site {
    Box::leak(Box::new(Site::new("test", file!(), line!(), "")))
}

/// A site whose loops find helpers about, as far as they know, if they can be brief.
pub(in crate::looping) fn near_site() -> &'static Site {
    let site = site();
    site.profile().learned(1, Duration::from_micros(5));
    site.profile().is_near.store(true, Ordering::Relaxed);
    site
}

/// How many random cases to run; the interpreter, which looks for undefined behaviour, is slow.
pub(super) fn cases(count: usize) -> usize {
    if cfg!(miri) { count.div_ceil(100) } else { count }
}

/// Eight workers, whatever the machine.
pub(super) fn pool() -> &'static Pool {
    static POOL: OnceLock<Pool> = OnceLock::new();
    POOL.get_or_init(|| Pool::new(8))
}

/// `Order::Any`.
pub(super) struct Sum<'a>(pub(super) &'a mut u64);

impl Accumulator for Sum<'_> {
    type Seed = ();
    type Local = u64;
    const ORDER: Order = Order::Any;
    fn seed(&mut self, _: Option<usize>) {}
    #[allow(unsafe_code)]
    unsafe fn fresh((): &(), _: Range<usize>) -> u64 {
        0
    }
    fn combine((): &(), into: &mut u64, later: u64) {
        *into += later;
    }
    fn commit(self, (): (), total: u64) {
        *self.0 += total;
    }
}

/// `Order::Sequence`.
pub(in crate::looping) struct Push<'a, T>(pub(super) &'a mut Vec<T>);

impl<T: Send> Accumulator for Push<'_, T> {
    type Seed = ();
    type Local = Vec<T>;
    const ORDER: Order = Order::Sequence;
    fn seed(&mut self, _: Option<usize>) {}
    #[allow(unsafe_code)]
    unsafe fn fresh((): &(), _: Range<usize>) -> Vec<T> {
        Vec::new()
    }
    fn combine((): &(), into: &mut Vec<T>, mut later: Vec<T>) {
        into.append(&mut later);
    }
    fn commit(self, (): (), mut total: Vec<T>) {
        self.0.append(&mut total);
    }
}

/// `Order::Blocks`: a sum whose bits depend on every border, and the borders themselves.
pub(super) struct Blocks<'a>(pub(super) &'a mut f64, pub(super) &'a mut Vec<Range<usize>>);

pub(super) struct Block {
    pub(super) sum: f64,
    borders: Vec<Range<usize>>,
}

impl Accumulator for Blocks<'_> {
    type Seed = ();
    type Local = Block;
    const ORDER: Order = Order::Blocks;
    fn seed(&mut self, _: Option<usize>) {}
    #[allow(unsafe_code)]
    unsafe fn fresh((): &(), positions: Range<usize>) -> Block {
        Block { sum: 0.0, borders: vec![positions] }
    }
    fn combine((): &(), into: &mut Block, later: Block) {
        into.sum += later.sum;
        into.borders.extend(later.borders);
    }
    fn commit(self, (): (), total: Block) {
        *self.0 += total.sum;
        self.1.extend(total.borders);
    }
}

/// `TRANSIENT`: notes the positions that it was made for.
pub(super) struct Windows<'a>(pub(super) &'a std::sync::Mutex<Vec<Range<usize>>>);

impl<'a> Accumulator for Windows<'a> {
    type Seed = &'a std::sync::Mutex<Vec<Range<usize>>>;
    type Local = ();
    const ORDER: Order = Order::Sequence;
    const TRANSIENT: bool = true;
    fn seed(&mut self, _: Option<usize>) -> Self::Seed {
        self.0
    }
    #[allow(unsafe_code)]
    unsafe fn fresh(seed: &Self::Seed, positions: Range<usize>) {
        seed.lock().unwrap().push(positions);
    }
    fn combine(_: &Self::Seed, (): &mut (), (): ()) {
        unreachable!("never combined");
    }
    fn commit(self, _: Self::Seed, (): ()) {
        unreachable!("never committed");
    }
}

/// `OWN`: counts how many were made.
pub(super) struct Scratch<'a>(pub(super) &'a std::sync::atomic::AtomicUsize);

impl<'a> Accumulator for Scratch<'a> {
    type Seed = &'a std::sync::atomic::AtomicUsize;
    type Local = Vec<u8>;
    const ORDER: Order = Order::Any;
    const OWN: bool = true;
    fn seed(&mut self, _: Option<usize>) -> Self::Seed {
        self.0
    }
    #[allow(unsafe_code)]
    unsafe fn fresh(seed: &Self::Seed, _: Range<usize>) -> Vec<u8> {
        seed.fetch_add(1, Ordering::Relaxed);
        Vec::new()
    }
    fn combine(_: &Self::Seed, _: &mut Vec<u8>, _: Vec<u8>) {
        unreachable!("never combined");
    }
    fn commit(self, _: Self::Seed, _: Vec<u8>) {
        unreachable!("never committed");
    }
}

/// A small generator of numbers (splitmix64), the same for every run.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`, which is at least 1.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }
}
