//! The region protocol under loom: every interleaving, and every value that the orders allow a
//! load to see, of a few small scenarios.
//!
//! The same scenarios must fail when one of the protocol's orders is weakened, or when a helper
//! registers before it knows that there is a ticket: that they do is what shows that they look.
//! How to run them stands in `README.md`.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::Ordering;

use loom::sync::Arc;
use loom::thread;

use super::super::word::{ACTIVE, tickets};
use super::{Orders, Proven, Slot};
use crate::modelling::{complaint_of, explore};
use crate::sync::UnsafeCell;

/// What the workers of one region write, each its own cell, and the caller reads afterwards: loom
/// fails if a worker is inside while the caller reads, or if the caller need not see the write.
struct Sheet(Vec<UnsafeCell<usize>>);

impl Sheet {
    fn new(workers: usize) -> Self {
        Self((0..workers).map(|_| UnsafeCell::new(0)).collect())
    }

    fn mark(&self, worker: usize) {
        // SAFETY: each worker of a region has its own cell; loom checks that.
        #[allow(unsafe_code, reason = "a model, checked by loom")]
        self.0[worker].with_mut(|cell| unsafe { *cell += 1 });
    }

    /// How often each worker came.
    fn read(&mut self) -> Vec<usize> {
        // SAFETY: the region is over; loom checks that.
        #[allow(unsafe_code, reason = "a model, checked by loom")]
        self.0.iter().map(|cell| cell.with_mut(|cell| unsafe { *cell })).collect()
    }
}

// SAFETY: loom checks what the type system cannot.
#[allow(unsafe_code, reason = "a model, checked by loom")]
unsafe impl Sync for Sheet {}

/// One region for `helpers` in `slot`, or alone: the caller came once, nobody twice.
fn region<O: Orders>(slot: &Slot<O>, helpers: usize) {
    let mut sheet = Sheet::new(helpers + 1);
    match slot.claim() {
        Some(claimed) => claimed.run(helpers, || {}, &|worker| sheet.mark(worker)),
        None => sheet.mark(0),
    }
    let came = sheet.read();
    assert_eq!(came[0], 1);
    assert!(came.iter().all(|&times| times <= 1));
}

/// A thread that tries to help `times` times.
fn helper<O: Orders + 'static>(slot: &Arc<Slot<O>>, times: usize) -> thread::JoinHandle<()> {
    let slot = Arc::clone(slot);
    thread::spawn(move || {
        for _ in 0..times {
            slot.help(|_| {});
        }
    })
}

/// Two helpers for one region: distinct numbers, and late ones touch nothing.
fn two_helpers<O: Orders + 'static>() {
    let slot = Arc::new(Slot::<O>::new());
    let helpers = [helper(&slot, 1), helper(&slot, 1)];
    region(&slot, 2);
    for helper in helpers {
        helper.join().unwrap();
    }
}

/// Two regions of one caller in one slot: a helper may be late from the first into the second.
fn slot_used_again<O: Orders + 'static>() {
    let slot = Arc::new(Slot::<O>::new());
    let helper = helper(&slot, 2);
    region(&slot, 1);
    region(&slot, 1);
    helper.join().unwrap();
}

/// Two callers want one slot, a helper helps whom it finds.
fn two_callers<O: Orders + 'static>() {
    let slot = Arc::new(Slot::<O>::new());
    let other = {
        let slot = Arc::clone(&slot);
        thread::spawn(move || region(&slot, 1))
    };
    let helper = helper(&slot, 1);
    region(&slot, 1);
    other.join().unwrap();
    helper.join().unwrap();
}

/// A region opened inside a region's body, by whichever worker, in the next slot or alone.
fn nested<O: Orders + 'static>() {
    let slots = Arc::new([Slot::<O>::new(), Slot::<O>::new()]);
    let helper = {
        let slots = Arc::clone(&slots);
        thread::spawn(move || {
            slots[1].help(|_| {});
            slots[0].help(|_| {});
        })
    };
    if let Some(claimed) = slots[0].claim() {
        let mut sheet = Sheet::new(2);
        claimed.run(1, || {}, &|worker| {
            sheet.mark(worker);
            region(&slots[1], 1);
        });
        assert_eq!(sheet.read()[0], 1);
    }
    helper.join().unwrap();
}

/// The helper's body panics, or the caller's: the payload arrives after everybody has left.
fn panics<O: Orders + 'static>(who: usize) {
    let slot = Arc::new(Slot::<O>::new());
    let helper = helper(&slot, 1);
    let mut sheet = Sheet::new(2);
    if let Some(claimed) = slot.claim() {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            claimed.run(1, || {}, &|worker| {
                sheet.mark(worker);
                if worker == who {
                    resume_unwind(Box::new(worker));
                }
            });
        }));
        let came = sheet.read()[who] == 1;
        assert_eq!(came, outcome.is_err());
        if let Err(payload) = outcome {
            assert_eq!(payload.downcast_ref::<usize>(), Some(&who));
        }
    }
    helper.join().unwrap();
}

#[test]
fn two_helpers_and_the_caller_do_not_meet() {
    explore(3, two_helpers::<Proven>);
}

#[test]
fn a_slot_serves_one_region_after_another() {
    explore(3, slot_used_again::<Proven>);
}

#[test]
fn two_callers_share_a_slot() {
    explore(2, two_callers::<Proven>);
}

#[test]
fn regions_nest() {
    explore(3, nested::<Proven>);
}

#[test]
fn a_panic_of_the_helper_arrives_when_it_has_left() {
    explore(3, || panics::<Proven>(1));
}

#[test]
fn a_panic_of_the_caller_waits_for_the_helper() {
    explore(3, || panics::<Proven>(0));
}

/// `Proven` with one order made `Relaxed`.
struct Weak<const WHICH: usize>;

const fn unless(weak: bool, order: Ordering) -> Ordering {
    if weak { Ordering::Relaxed } else { order }
}

impl<const WHICH: usize> Orders for Weak<WHICH> {
    const OPEN: Ordering = unless(WHICH == 0, Proven::OPEN);
    const JOIN: Ordering = unless(WHICH == 1, Proven::JOIN);
    const LEAVE: Ordering = unless(WHICH == 2, Proven::LEAVE);
    const CLOSE: Ordering = unless(WHICH == 3, Proven::CLOSE);
    const CLAIM: Ordering = unless(WHICH == 4, Proven::CLAIM);
    const FREE: Ordering = unless(WHICH == 5, Proven::FREE);
    const FENCE: Ordering = Proven::FENCE;
}

#[test]
#[should_panic = "Causality violation"]
fn a_relaxed_open_is_caught() {
    explore(3, slot_used_again::<Weak<0>>);
}

#[test]
#[should_panic = "Causality violation"]
fn a_relaxed_join_is_caught() {
    explore(3, slot_used_again::<Weak<1>>);
}

#[test]
#[should_panic = "Causality violation"]
fn a_relaxed_leave_is_caught() {
    explore(3, slot_used_again::<Weak<2>>);
}

#[test]
#[should_panic = "Causality violation"]
fn a_relaxed_close_is_caught() {
    explore(3, slot_used_again::<Weak<3>>);
}

#[test]
#[should_panic = "Causality violation"]
fn a_relaxed_claim_is_caught() {
    explore(2, two_callers::<Weak<4>>);
}

#[test]
#[should_panic = "Causality violation"]
fn a_relaxed_free_is_caught() {
    explore(2, two_callers::<Weak<5>>);
}

/// Registers first and looks for a ticket then: a classic that takes two regions to show.
fn help_without_ticket(slot: &Slot) {
    let before = slot.word.fetch_add(ACTIVE, Ordering::Acquire);
    if tickets(before) > 0 {
        slot.enter(1);
        slot.leave();
    } else {
        slot.word.fetch_sub(ACTIVE, Ordering::Release);
    }
}

#[test]
#[ignore = "fails by design, see the test below"]
fn helper_without_ticket() {
    explore(3, || {
        let slot = Arc::new(Slot::<Proven>::new());
        let helper = {
            let slot = Arc::clone(&slot);
            thread::spawn(move || help_without_ticket(&slot))
        };
        region(&slot, 1);
        region(&slot, 1);
        helper.join().unwrap();
    });
}

#[test]
fn a_helper_without_a_ticket_is_caught() {
    let said = complaint_of("region::slot::models::helper_without_ticket");
    assert!(said.contains("deadlock; threads") || said.contains("Causality violation"), "{said}");
}
