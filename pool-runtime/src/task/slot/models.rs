//! The slot protocol under loom: a caller, a worker, a slot. See `task/README.md` for how to run it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Waker};

use loom::sync::atomic::AtomicUsize as Count;
use loom::sync::{Arc as LoomArc, Mutex as Lock};
use loom::thread;

use super::*;
use crate::modelling::explore;
use crate::report::Stamp;
use crate::sync::{Thread, UnsafeCell, current};

std::thread_local! {
    /// The step that is made with less than it takes. (Loom's threads share the thread that
    /// explores.)
    static WEAK: Cell<Option<Step>> = const { Cell::new(None) };
}

pub(super) fn order(step: Step) -> Ordering {
    if WEAK.get() == Some(step) { Ordering::Relaxed } else { Ordering::AcqRel }
}

/// What a queue knows of its slots: which came back, and how often.
#[derive(Default)]
struct Yard<A: 'static, T: 'static> {
    spare: Lock<Vec<Box<Slot<A, T>>>>,
    back: Count,
    void: Count,
}

impl<A: Send + 'static, T: Send + 'static> Home<A, T> for Yard<A, T> {
    fn give_back(&self, slot: Box<Slot<A, T>>) {
        self.back.fetch_add(1, Ordering::Relaxed);
        // SAFETY: loom checks that nobody else touches it.
        #[allow(unsafe_code, reason = "a model, checked by loom")]
        let content = unsafe { slot.swap(Content::Nothing) };
        assert!(matches!(content, Content::Nothing));
        self.spare.lock().unwrap().push(slot);
    }

    fn cancelled(&self) {
        self.void.fetch_add(1, Ordering::Relaxed);
    }

    fn hurry(&self) {}

    fn demanded(&'static self) {}

    fn wait_inside(&'static self, _: Lent<'_, A, T>, _: Option<Instant>) {
        unreachable!("no thread of the model is a worker");
    }
}

/// Leaked: a home lives as long as the process.
fn yard<A, T>() -> &'static Yard<A, T> {
    Box::leak(Box::new(Yard { spare: Lock::default(), back: Count::new(0), void: Count::new(0) }))
}

/// A value that says how often it was dropped.
struct Counted(LoomArc<Count>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// One task from `issue` to the end, with `caller` at its handle and a worker at its entry. In
/// every interleaving argument and result are dropped once, and the slot comes back once, free of
/// both. The caller says whether the result is still to be had.
fn one_task(caller: impl Fn(&Grip<Counted>) -> bool) {
    let drops = LoomArc::new(Count::new(0));
    let yard = yard();
    let argument = Counted(LoomArc::clone(&drops));
    let (entry, handle) = issue(Slot::new(yard), argument, Stamp::NONE);
    let worker = {
        let drops = LoomArc::clone(&drops);
        thread::spawn(move || match entry.start() {
            Some((argument, runner, _)) => {
                drop(argument);
                runner.finish(Ok(Counted(drops)));
                true
            }
            None => false,
        })
    };
    if caller(&handle) {
        assert!(handle.redeem().is_ok_and(|result| result.is_some_and(|result| result.is_ok())));
    } else {
        drop(handle);
    }
    let ran = worker.join().unwrap();
    assert_eq!(drops.load(Ordering::Relaxed), if ran { 2 } else { 1 });
    assert_eq!(yard.back.load(Ordering::Relaxed), 1);
    assert_eq!(yard.void.load(Ordering::Relaxed), usize::from(!ran));
    let slot = yard.spare.lock().unwrap().pop().unwrap();
    assert!(!slot.rare.waiters.lock().take().wake(), "nobody is on the list of a free slot");
}

#[test]
fn a_join_ends_with_the_result() {
    explore(3, || {
        one_task(|handle| {
            while !handle.is_over() {
                handle.wait(None);
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
        one_task(|handle| {
            let cancelled = handle.cancel();
            assert!(!cancelled || matches!(handle.take(), Some(Err(TaskError::Cancelled))));
            false
        });
    });
}

/// Who waits with a deadline stays on the list when it gives up.
#[test]
fn a_join_with_a_deadline_may_give_up() {
    explore(3, || {
        one_task(|handle| {
            handle.wait(Some(Instant::now()));
            let _ = handle.take();
            false
        });
    });
}

#[test]
fn who_dozes_and_gives_up_is_struck_off_the_list() {
    explore(3, || {
        one_task(|handle| {
            handle.lent::<Counted>().doze(Some(Instant::now()));
            false
        });
    });
}

#[test]
fn a_polled_task_wakes_or_is_ready() {
    explore(3, || {
        one_task(|handle| {
            // A waker that parks as the hand-written executor does.
            let waker = Waker::from(Arc::new(Unpark(current())));
            while handle.poll(&mut Context::from_waker(&waker)).is_pending() {
                park();
            }
            assert!(handle.take().is_none());
            false
        });
    });
}

/// Two threads share a handle: one of them gets the result.
#[test]
fn a_result_is_handed_out_once() {
    explore(2, || {
        let (entry, handle) = issue(Slot::new(yard::<(), u32>()), (), Stamp::NONE);
        let (_, runner, _) = entry.start().unwrap();
        runner.finish(Ok(7));
        let handle = LoomArc::new(handle);
        let other = {
            let handle = LoomArc::clone(&handle);
            thread::spawn(move || handle.take().is_some())
        };
        let mine = handle.take().is_some();
        assert!(mine ^ other.join().unwrap());
    });
}

/// A worker that waits for a task starts it before its turn; then entry, runner and handle let go
/// in any order.
#[test]
fn a_task_that_was_started_early_comes_back_once() {
    explore(3, || {
        let yard = yard();
        let (entry, handle) = issue(Slot::new(yard), 3, Stamp::NONE);
        let worker = thread::spawn(move || drop(entry));
        let slot = handle.lent::<u32>();
        let early = slot.start_early().map(|(argument, runner)| {
            thread::spawn(move || {
                runner.finish(Ok(argument + 1));
            })
        });
        drop(handle);
        worker.join().unwrap();
        if let Some(early) = early {
            early.join().unwrap();
        }
        assert_eq!(yard.back.load(Ordering::Relaxed), 1);
    });
}

struct Unpark(Thread);

impl std::task::Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// A slot is used again for the next task while the last one's worker may still be on its way out.
/// `swift`: the caller does not wait, it drops the handle.
fn two_tasks(swift: bool) {
    let yard: &'static Yard<u32, u32> = yard();
    yard.spare.lock().unwrap().push(Slot::new(yard));
    let mut workers = Vec::new();
    for task in 1..=2 {
        let slot = loop {
            match yard.spare.lock().unwrap().pop() {
                Some(slot) => break slot,
                None => thread::yield_now(),
            }
        };
        let (entry, handle) = issue(slot, task, Stamp::NONE);
        workers.push(thread::spawn(move || {
            let (argument, runner, _) = entry.start().unwrap();
            runner.finish(Ok(argument * 10));
        }));
        if !swift {
            while !handle.is_over() {
                handle.wait(None);
            }
            assert_eq!(handle.redeem().ok().flatten().unwrap().unwrap(), task * 10);
        }
    }
    workers.into_iter().for_each(|worker| worker.join().unwrap());
    assert_eq!(yard.back.load(Ordering::Relaxed), 2);
}

#[test]
fn a_slot_that_came_back_serves_the_next_task() {
    explore(2, || two_tasks(false));
}

#[test]
fn a_slot_that_the_worker_gave_back_serves_the_next_task() {
    explore(2, || two_tasks(true));
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

    let (entry, handle) = issue(Slot::new(yard::<(), ()>()), (), Stamp::NONE);
    let shared = LoomArc::new(Shared(UnsafeCell::new(0)));
    let worker = {
        let shared = LoomArc::clone(&shared);
        thread::spawn(move || {
            let ((), runner, _) = entry.start().unwrap();
            // SAFETY: loom checks that nobody reads meanwhile.
            #[allow(unsafe_code, reason = "a model, checked by loom")]
            shared.0.with_mut(|cell| unsafe { *cell = 7 });
            runner.finish(Ok(()));
        })
    };
    if handle.is_over() {
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

fn caught(step: Step, scenario: fn()) {
    WEAK.set(Some(step));
    let outcome = catch_unwind(AssertUnwindSafe(|| explore(3, scenario)));
    WEAK.set(None);
    let complaint = outcome.unwrap_err();
    let complaint = complaint.downcast_ref::<String>().map_or("", String::as_str);
    assert!(complaint.contains("Causality violation"), "{complaint}");
}

#[test]
fn publishing_with_a_relaxed_store_is_caught() {
    caught(Step::Finish, finished_means_visible);
}

/// The caller takes the result, and the worker, which has told it, gives the slot back.
#[test]
fn letting_go_with_a_relaxed_exchange_is_caught() {
    caught(Step::LetGo, || {
        one_task(|handle| {
            let waits = handle.poll(&mut Context::from_waker(Waker::noop())).is_pending();
            waits && handle.is_over()
        });
    });
}
