//! The slot protocol under loom: a caller, a worker, a slot. See `task/README.md` for how to run it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::task::{Context, Waker};

use loom::sync::Arc as LoomArc;
use loom::thread;

use super::*;
use crate::modelling::explore;
use crate::report::Stamp;
use crate::sync::UnsafeCell;

std::thread_local! {
    /// Whether `over` is published with less than it takes. (Loom's threads share the thread that
    /// explores.)
    static WEAK: Cell<bool> = const { Cell::new(false) };
}

pub(super) fn publish() -> Ordering {
    if WEAK.get() { Ordering::Relaxed } else { Ordering::Release }
}

/// What a queue knows of its slot: how often it came back.
#[derive(Default)]
struct Yard {
    back: loom::sync::atomic::AtomicUsize,
    void: loom::sync::atomic::AtomicUsize,
}

impl<A: Send + 'static, T: Send + 'static> Home<A, T> for Yard {
    fn give_back(&self, _: Arc<Slot<A, T>>) {
        self.back.fetch_add(1, Ordering::Relaxed);
    }

    fn cancelled(&self) {
        self.void.fetch_add(1, Ordering::Relaxed);
    }

    fn demanded(&'static self) {}

    fn wait_inside(&'static self, _: &Arc<Slot<A, T>>, _: Option<Instant>) {
        unreachable!("no thread of the model is a worker");
    }
}

/// A value that says how often it was dropped.
struct Counted(LoomArc<loom::sync::atomic::AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// One task from `arm` to the end, with `caller` at its handle and a worker at its entry. In every
/// interleaving argument and result are dropped once, and the slot comes back once. The caller says
/// whether the result is still to be had.
fn one_task(caller: impl Fn(&Arc<Slot<Counted, Counted>>) -> bool) {
    let drops = LoomArc::new(loom::sync::atomic::AtomicUsize::new(0));
    // Leaked: a home lives as long as the process.
    let yard: &'static Yard = Box::leak(Box::default());
    let slot = Slot::new(yard);
    slot.arm(Counted(LoomArc::clone(&drops)), Stamp::NONE);
    let worker = {
        let slot = Arc::clone(&slot);
        let drops = LoomArc::clone(&drops);
        thread::spawn(move || match slot.start() {
            Some(argument) => {
                drop(argument);
                slot.finish(Ok(Counted(drops)));
                true
            }
            None => false,
        })
    };
    if caller(&slot) {
        assert!(Outcome::redeem(Arc::clone(&slot)).is_some_and(|result| result.is_ok()));
    } else {
        Outcome::release(Arc::clone(&slot));
    }
    let ran = worker.join().unwrap();
    assert_eq!(drops.load(Ordering::Relaxed), if ran { 2 } else { 1 });
    assert_eq!(yard.back.load(Ordering::Relaxed), 1);
    assert_eq!(yard.void.load(Ordering::Relaxed), usize::from(!ran));
    assert!(matches!(slot.state.lock().phase, Phase::Free));
}

#[test]
fn a_join_ends_with_the_result() {
    explore(3, || {
        one_task(|slot| {
            while !slot.is_over() {
                Arc::clone(slot).wait(None);
            }
            true
        });
    });
}

#[test]
fn a_dropped_handle_leaves_the_result_to_the_worker() {
    explore(3, || one_task(|_| false));
}

#[test]
fn a_task_is_cancelled_or_runs() {
    explore(3, || {
        one_task(|slot| {
            let cancelled = Arc::clone(slot).cancel();
            assert!(!cancelled || matches!(slot.take(), Some(Err(TaskError::Cancelled))));
            false
        });
    });
}

#[test]
fn a_join_with_a_deadline_may_give_up() {
    explore(3, || {
        one_task(|slot| {
            slot.doze(Some(Instant::now()));
            let _ = slot.take();
            false
        });
    });
}

#[test]
fn a_polled_task_wakes_or_is_ready() {
    explore(3, || {
        one_task(|slot| {
            // A waker that parks as the hand-written executor does.
            let waker = Waker::from(Arc::new(Unpark(current())));
            while slot.poll(&mut Context::from_waker(&waker)).is_pending() {
                park();
            }
            assert!(slot.take().is_none());
            false
        });
    });
}

struct Unpark(Thread);

impl std::task::Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// A slot is used again for the next task while the last one's worker may still be on its way out.
#[test]
fn a_slot_that_came_back_serves_the_next_task() {
    explore(2, || {
        let yard: &'static Yard = Box::leak(Box::default());
        let slot: Arc<Slot<u32, u32>> = Slot::new(yard);
        let mut workers = Vec::new();
        for task in 1..=2 {
            while yard.back.load(Ordering::Acquire) + 1 < task as usize {
                thread::yield_now();
            }
            slot.arm(task, Stamp::NONE);
            let entry = Arc::clone(&slot);
            workers.push(thread::spawn(move || {
                let argument = entry.start().unwrap();
                entry.finish(Ok(argument * 10));
            }));
            while !slot.is_over() {
                Arc::clone(&slot).wait(None);
            }
            assert_eq!(slot.take().unwrap().unwrap(), task * 10);
            Outcome::release(Arc::clone(&slot));
        }
        workers.into_iter().for_each(|worker| worker.join().unwrap());
        assert_eq!(yard.back.load(Ordering::Relaxed), 2);
    });
}

/// Who sees a task finished sees what its body did.
fn finished_means_visible() {
    struct Shared(UnsafeCell<u32>);
    // SAFETY: loom checks every access.
    #[allow(unsafe_code, reason = "a model, checked by loom")]
    unsafe impl Sync for Shared {}
    // SAFETY: as above.
    #[allow(unsafe_code, reason = "a model, checked by loom")]
    unsafe impl Send for Shared {}

    let yard: &'static Yard = Box::leak(Box::default());
    let slot: Arc<Slot<(), ()>> = Slot::new(yard);
    let shared = LoomArc::new(Shared(UnsafeCell::new(0)));
    slot.arm((), Stamp::NONE);
    let worker = {
        let (slot, shared) = (Arc::clone(&slot), LoomArc::clone(&shared));
        thread::spawn(move || {
            slot.start().unwrap();
            // SAFETY: loom checks that nobody reads meanwhile.
            #[allow(unsafe_code, reason = "a model, checked by loom")]
            shared.0.with_mut(|cell| unsafe { *cell = 7 });
            slot.finish(Ok(()));
        })
    };
    if slot.is_over() {
        // SAFETY: loom checks that the write is visible.
        #[allow(unsafe_code, reason = "a model, checked by loom")]
        shared.0.with(|cell| assert_eq!(unsafe { *cell }, 7));
    }
    worker.join().unwrap();
}

#[test]
fn a_finished_task_shows_what_it_did() {
    explore(3, finished_means_visible);
}

#[test]
fn publishing_with_a_relaxed_store_is_caught() {
    WEAK.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(|| explore(3, finished_means_visible)));
    WEAK.set(false);
    let complaint = outcome.unwrap_err();
    let complaint = complaint.downcast_ref::<String>().map_or("", String::as_str);
    assert!(complaint.contains("Causality violation"), "{complaint}");
}
