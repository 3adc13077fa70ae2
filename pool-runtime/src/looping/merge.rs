//! Parcels become one total, in the order of their positions.
//!
//! Claims end in any order. The parcel that the total waits for is combined at once by the worker
//! that brings it, together with those behind it that came before; any other parcel is put aside.
//! Whoever combines takes the total out and works without the lock, so that a worker that only
//! puts something aside waits for an insertion at most, however large the shares are. What is put
//! aside stands in a queue by position, near whose end nearly every parcel belongs, and which keeps
//! its memory: a long loop allocates no more than a short one.
//!
//! Memory: at most [`ASIDE`] parcels are put aside; then workers wait before they claim again, each
//! until its own has been combined. That cannot deadlock: what is below a worker's claim has been
//! claimed, so the parcel that the total waits for is being produced by somebody inside a claim,
//! who does not wait here; or a queue's producer waits here with items that it ran ahead of those
//! that wait there, and those are the workers'. (Who waited for the pile to shrink, its own parcel
//! out of it, held a permit of the queue whose items the pile was waiting for.)
//!
//! What is combined in any order goes another way: see [`leaving`](super::leaving).

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::discard::discard;
use super::shares::Shares;

/// How many parcels wait for a lower one before their workers do.
pub(super) const ASIDE: usize = 1024;

/// Where the shares of a loop come together.
pub(super) struct Merge<P: Shares> {
    line: Mutex<Line<P>>,
    /// Signalled when parcels that were put aside have been combined.
    moved: Condvar,
}

struct Line<P: Shares> {
    /// Everything before `next`; `None` while a worker combines.
    total: Option<P::Held>,
    /// The position that the total waits for.
    next: usize,
    /// The parcels of later positions, in their order.
    aside: VecDeque<Aside<P::Parcel>>,
    /// Workers that wait before they claim again.
    waiting: usize,
    /// The loop ends early: a parcel may never come, so nobody waits any more.
    ending: bool,
}

/// A parcel that waits for lower ones.
struct Aside<T> {
    start: usize,
    end: usize,
    parcel: T,
}

/// The parcels of one worker whose claims are few, with the positions where they begin. Each is
/// combined when all workers have left: then none waits for a lock, nor fetches what another has.
pub(super) type Kept<P> = Vec<(usize, <P as Shares>::Parcel)>;

/// Adds what the workers of a loop have kept, if none of them deposited anything, and what they carried.
pub(super) fn add_all<P: Shares>(
    seed: &P::Seed,
    total: &mut P::Held,
    mut kept: Kept<P>,
    carried: [Option<P::Held>; 2],
) {
    kept.sort_unstable_by_key(|&(start, _)| start);
    for (_, parcel) in kept {
        P::deposit(seed, total, parcel);
    }
    for carried in carried.into_iter().flatten() {
        P::carry(seed, total, carried);
    }
}

impl<P: Shares> Line<P> {
    fn put_aside(&mut self, one: Aside<P::Parcel>) {
        let later = self.aside.iter().rev().take_while(|other| other.start > one.start).count();
        self.aside.insert(self.aside.len() - later, one);
    }

    /// The parcel at `start`, the lowest position that is missing.
    fn bring_back(&mut self, start: usize) -> Option<Aside<P::Parcel>> {
        self.aside
            .front()
            .is_some_and(|lowest| lowest.start == start)
            .then(|| self.aside.pop_front())?
    }
}

/// Makes sure that nobody waits for a worker whose `combine` panicked.
struct Combining<'a, P: Shares>(&'a Merge<P>);

impl<P: Shares> Drop for Combining<'_, P> {
    fn drop(&mut self) {
        self.0.ending();
    }
}

impl<P: Shares> Merge<P> {
    /// Starts with the total of the positions before `next`.
    pub(super) fn new(total: P::Held, next: usize) -> Self {
        let aside = VecDeque::new();
        let line = Line { total: Some(total), next, aside, waiting: 0, ending: false };
        Self { line: Mutex::new(line), moved: Condvar::new() }
    }

    // No user code runs under a lock, so a poisoned one is still consistent.
    fn line(&self) -> MutexGuard<'_, Line<P>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands in the parcel of `claim`. After a `last` one, those of later claims do not count.
    pub(super) fn deposit(
        &self,
        seed: &P::Seed,
        claim: &Range<usize>,
        last: bool,
        parcel: P::Parcel,
    ) {
        let mut end = if last { usize::MAX } else { claim.end };
        let mut line = self.line();
        let total = if line.next == claim.start { line.total.take() } else { None };
        let Some(mut total) = total else {
            line.put_aside(Aside { start: claim.start, end, parcel });
            // Above all the total's next one must not wait: it was put aside only because the
            // total was being worked on, and that worker will find it.
            while line.aside.len() > ASIDE && line.next <= claim.start && !line.ending {
                line.waiting += 1;
                line = self.moved.wait(line).unwrap_or_else(PoisonError::into_inner);
                line.waiting -= 1;
            }
            return;
        };
        let mut parcel = parcel;
        loop {
            drop(line);
            let guard = Combining(self);
            P::deposit(seed, &mut total, parcel);
            std::mem::forget(guard);
            line = self.line();
            line.next = end;
            match line.bring_back(end) {
                Some(next) => (end, parcel) = (next.end, next.parcel),
                None => break,
            }
        }
        line.total = Some(total);
        // Else each claim would cost a system call.
        let waited_for = line.waiting > 0;
        drop(line);
        if waited_for {
            self.moved.notify_all();
        }
    }

    /// From now on nobody waits for parcels that may never come.
    pub(super) fn ending(&self) {
        self.line().ending = true;
        self.moved.notify_all();
    }

    /// The total of all positions without a gap. What lies beyond one is dropped.
    pub(super) fn into_total(self) -> P::Held {
        let line = self.line.into_inner().unwrap_or_else(PoisonError::into_inner);
        discard(line.aside);
        line.total.unwrap_or_else(P::empty)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::super::life::Deposit;
    use super::super::tests::support::Push;
    use super::*;

    type One = (Push<'static, usize>,);

    fn deposit(merge: &Merge<One>, claim: Range<usize>) {
        let parcel = (Deposit::One(claim.clone().collect()),);
        merge.deposit(&((),), &claim, false, parcel);
    }

    /// Waits until so many wait in `merge`.
    fn until_waiting(merge: &Merge<One>, count: usize) {
        while merge.line().waiting < count {
            thread::yield_now();
        }
    }

    /// What the total waits for may be behind the one whose parcel is in it.
    #[test]
    fn who_is_combined_does_not_wait_for_the_others() {
        let merge = Merge::<One>::new((None,), 0);
        let first = 10;
        let all = first + ASIDE + 1;
        (first..all - 1).for_each(|at| deposit(&merge, at..at + 1));
        let (done, is_done) = mpsc::channel();
        thread::scope(|scope| {
            let beyond = scope.spawn(|| deposit(&merge, all - 1..all));
            until_waiting(&merge, 1);
            scope.spawn(|| {
                deposit(&merge, 1..2);
                done.send(()).unwrap();
            });
            until_waiting(&merge, 2);
            deposit(&merge, 0..1);
            let in_time = is_done.recv_timeout(Duration::from_secs(20));
            assert!(!beyond.is_finished(), "its parcel is one too many");
            deposit(&merge, 2..first);
            in_time.expect("its parcel has been combined");
        });
        assert!(merge.into_total().0.unwrap().into_iter().eq(0..all));
    }
}
