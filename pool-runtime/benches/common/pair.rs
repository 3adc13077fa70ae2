//! Two threads, as one keeps them by hand: the other one waits for its half with the processor in
//! its hands for a while, then asleep.

#![allow(unsafe_code, reason = "a half borrows from the caller, who waits for it")]

use std::cell::UnsafeCell;
use std::hint::spin_loop;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// How long it looks out for the next half before it sleeps.
const AWAKE: Duration = Duration::from_micros(100);

/// Of so many looks, about 2 us, one lets others run: that is a system call.
const AMONG: u32 = 128;

/// How often the caller looks before it lets others run.
const LOOKS: u32 = 2_000;

const IDLE: u32 = 0;
const GIVEN: u32 = 1;
const ASLEEP: u32 = 2;

/// A half with its type erased.
type Half = (*mut (), unsafe fn(*mut ()));

struct Shared {
    state: AtomicU32,
    /// The caller's while the state is not `GIVEN`, the other thread's while it is.
    half: UnsafeCell<Option<Half>>,
}

// SAFETY: the state says whose `half` is; what it points to is `Send` by the bounds of `both`.
unsafe impl Sync for Shared {}
// SAFETY: as above.
unsafe impl Send for Shared {}

/// The other thread.
struct Pair {
    shared: &'static Shared,
    thread: Thread,
}

fn pair() -> &'static Pair {
    static PAIR: OnceLock<Pair> = OnceLock::new();
    PAIR.get_or_init(|| {
        let half = UnsafeCell::new(None);
        let shared: &Shared = Box::leak(Box::new(Shared { state: AtomicU32::new(IDLE), half }));
        let thread = thread::spawn(move || serve(shared)).thread().clone();
        Pair { shared, thread }
    })
}

fn serve(shared: &Shared) {
    loop {
        let since = Instant::now();
        let mut looks = 0u32;
        while shared.state.load(Ordering::Acquire) != GIVEN {
            looks += 1;
            if !looks.is_multiple_of(AMONG) {
                spin_loop();
                continue;
            }
            // It may have been woken where the caller runs.
            thread::yield_now();
            if since.elapsed() > AWAKE {
                let sleeps = shared.state.compare_exchange(
                    IDLE,
                    ASLEEP,
                    Ordering::Relaxed,
                    Ordering::Relaxed,
                );
                while sleeps.is_ok() && shared.state.load(Ordering::Relaxed) == ASLEEP {
                    thread::park();
                }
            }
        }
        // SAFETY: the state is `GIVEN`, seen with `Acquire`: it is ours.
        if let Some((half, run)) = unsafe { *shared.half.get() } {
            // SAFETY: `both` has made them for each other, and waits.
            unsafe { run(half) };
        }
        shared.state.store(IDLE, Ordering::Release);
    }
}

/// Runs `one` here and `other` on the other thread. From one thread at a time; halves that panic
/// end the process.
pub(crate) fn both<A, B: Send>(
    one: impl FnOnce() -> A,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    unsafe fn run<B, F: FnOnce() -> B>(half: *mut ()) {
        // SAFETY: it was made below from a value of this type, which lives while the caller waits.
        let (f, result) = unsafe { &mut *half.cast::<(Option<F>, Option<B>)>() };
        *result = f.take().map(|f| f());
    }
    fn pointer<B, F: FnOnce() -> B>(half: &mut (Option<F>, Option<B>)) -> Half {
        (std::ptr::from_mut(half).cast(), run::<B, F>)
    }
    /// Waits for the other thread, also when `one` panics.
    struct Wait(&'static Shared);
    impl Drop for Wait {
        fn drop(&mut self) {
            let mut looks = 0;
            while self.0.state.load(Ordering::Acquire) == GIVEN {
                // It may have been woken where this thread runs.
                if looks < LOOKS {
                    spin_loop()
                } else {
                    thread::yield_now()
                }
                looks += 1;
            }
        }
    }
    let Pair { shared, thread } = pair();
    let mut half = (Some(other), None);
    // SAFETY: the state is not `GIVEN`: it is ours.
    unsafe { *shared.half.get() = Some(pointer(&mut half)) };
    if shared.state.swap(GIVEN, Ordering::AcqRel) == ASLEEP {
        thread.unpark();
    }
    let wait = Wait(shared);
    let first = one();
    drop(wait);
    (first, half.1.expect("the other half has run"))
}
