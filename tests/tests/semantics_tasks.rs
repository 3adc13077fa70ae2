//! Task functions: every call is one task, every result arrives once, nothing waits for ever.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]

use std::collections::HashSet;
use std::future::Future;
use std::panic::panic_any;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use pool_runtime::{
    Admission, Task, TaskError, batched, bounded, drain, join_all, pooled, try_join_all,
};
use tests::watched;

/// The tests of this file share one process: `drain` waits for the tasks of all of them.
const LONG: Duration = Duration::from_secs(60);

#[pooled(workers = 3)]
fn square(x: u64) -> Task<u64> {
    x * x
}

#[test]
fn join_returns_the_call_s_own_result() {
    watched(|| {
        assert_eq!(square(7).join().unwrap(), 49);
        let tasks: Vec<_> = (0..10_000).map(square).collect();
        for (x, task) in (0..).zip(tasks) {
            assert_eq!(task.join().unwrap(), x * x);
        }
    });
}

#[test]
fn joining_many_keeps_their_order() {
    watched(|| {
        let all: Vec<u64> =
            join_all((0..1_000).map(square)).into_iter().map(Result::unwrap).collect();
        assert!(all.into_iter().eq((0..1_000).map(|x| x * x)));
        let all = try_join_all((0..1_000).map(square).collect::<Vec<_>>()).unwrap();
        assert!(all.into_iter().eq((0..1_000).map(|x| x * x)));
        assert!(join_all(Vec::<Task<u64>>::new()).is_empty());
    });
}

/// Documented, public, with several parameters of several kinds.
#[pooled(workers = 2)]
#[must_use]
pub fn several<T: ToString + Send + 'static>(
    (a, b): (u64, u64),
    text: String,
    show: impl Fn(u64) -> String + Send + 'static,
    items: Vec<T>,
    mut extra: Option<Box<u64>>,
) -> Task<Result<String, std::num::ParseIntError>> {
    let items: Vec<String> = items.iter().map(T::to_string).collect();
    if let Some(x) = extra.as_mut() {
        **x += 1;
    }
    let number: u64 = text.parse()?;
    if number == 0 {
        return Ok(String::new());
    }
    Ok(format!("{} {} {extra:?} {}", show(a * b), number, items.join(",")))
}

#[test]
fn parameters_of_every_kind() {
    watched(|| {
        let prefix = "p".to_owned();
        let show = move |x| format!("{prefix}{x}");
        let task = several((2, 3), "5".into(), show.clone(), vec![1u8, 2], Some(Box::new(8)));
        assert_eq!(task.join().unwrap().unwrap(), "p6 5 Some(9) 1,2");
        let task = several((2, 3), "x".into(), show.clone(), vec!['a'], None);
        assert!(task.join().unwrap().is_err());
        let task = several((2, 3), "0".into(), |_| String::new(), vec![1.5], None);
        assert_eq!(task.join().unwrap().unwrap(), "");
    });
}

struct Shop {
    sold: AtomicU64,
}

impl Shop {
    #[bounded(workers = 2, queue = 10)]
    fn sell(self: Arc<Self>, pieces: u64) -> Task<u64> {
        self.sold.fetch_add(pieces, Ordering::SeqCst) + pieces
    }

    #[pooled(workers = 2)]
    fn price(pieces: u64) -> Task<u64> {
        pieces * Self::EACH
    }

    const EACH: u64 = 3;
}

#[test]
fn methods_on_an_arc_and_associated_functions() {
    watched(|| {
        let shop = Arc::new(Shop { sold: AtomicU64::new(0) });
        let tasks: Vec<_> = (0..100).map(|_| Arc::clone(&shop).sell(2)).collect();
        let high = tasks.into_iter().map(|task| task.join().unwrap()).max();
        assert_eq!(high, Some(200));
        assert_eq!(shop.sold.load(Ordering::SeqCst), 200);
        assert_eq!(Shop::price(4).join().unwrap(), 12);
    });
}

#[pooled(workers = 2)]
fn generic<T: Clone + Send + 'static, const N: usize>(x: T) -> Task<[T; N]> {
    std::array::from_fn(|_| x.clone())
}

#[test]
fn generic_functions_keep_their_instances_apart() {
    watched(|| {
        let a = generic::<_, 3>("x".to_owned());
        let b = generic::<u8, 1>(7);
        assert_eq!(a.join().unwrap(), ["x", "x", "x"].map(str::to_owned));
        assert_eq!(b.join().unwrap(), [7]);
    });
}

// ---- panics ----------------------------------------------------------------------------------

#[pooled(workers = 2)]
fn maybe_panic(x: u64) -> Task<u64> {
    if x % 3 == 0 {
        panic_any(x);
    }
    x
}

#[test]
fn a_panic_is_the_task_s_own_and_takes_no_worker_along() {
    watched(|| {
        let tasks: Vec<_> = (0..300).map(maybe_panic).collect();
        for (x, task) in (0..).zip(tasks) {
            match task.join() {
                Ok(y) => assert!(x % 3 != 0 && x == y),
                Err(TaskError::Panicked(payload)) => assert_eq!(payload.downcast_ref(), Some(&x)),
                Err(other) => panic!("{other:?}"),
            }
        }
        assert!(matches!(try_join_all((1..9).map(maybe_panic)), Err(TaskError::Panicked(_))));
    });
}

// ---- waiting, cancelling ---------------------------------------------------------------------

#[pooled(workers = 1)]
fn gated(gate: mpsc::Receiver<()>, done: Arc<AtomicUsize>) -> Task<usize> {
    gate.recv_timeout(LONG).ok();
    done.fetch_add(1, Ordering::SeqCst)
}

#[test]
fn waiting_for_a_while_and_looking_without_waiting() {
    watched(|| {
        let done = Arc::new(AtomicUsize::new(0));
        let (open, gate) = mpsc::channel();
        let task = gated(gate, Arc::clone(&done));
        assert!(!task.is_finished());
        assert!(task.try_join().is_none(), "the gate is closed");
        assert!(task.join_timeout(Duration::from_millis(20)).is_none(), "the gate is closed");
        open.send(()).unwrap();
        assert_eq!(task.join().unwrap(), 0);
        assert_eq!(done.load(Ordering::SeqCst), 1);
    });
}

#[pooled(workers = 1)]
fn behind(gate: Option<mpsc::Receiver<()>>, ran: Arc<Mutex<Vec<u64>>>, x: u64) -> Task<u64> {
    if let Some(gate) = gate {
        gate.recv_timeout(LONG).ok();
    }
    ran.lock().unwrap().push(x);
    x
}

#[test]
fn a_task_that_has_not_started_can_be_cancelled_and_a_dropped_one_runs() {
    watched(|| {
        let ran = Arc::new(Mutex::new(Vec::new()));
        let (open, gate) = mpsc::channel();
        let first = behind(Some(gate), Arc::clone(&ran), 1);
        let second = behind(None, Arc::clone(&ran), 2);
        drop(behind(None, Arc::clone(&ran), 3));
        let fourth = behind(None, Arc::clone(&ran), 4);
        second.cancel();
        open.send(()).unwrap();
        assert_eq!(first.join().unwrap(), 1);
        assert_eq!(fourth.join().unwrap(), 4);
        drain();
        assert_eq!(
            *ran.lock().unwrap(),
            [1, 3, 4],
            "one worker runs them in the order of the calls"
        );
    });
}

// ---- admission -------------------------------------------------------------------------------

#[bounded(workers = 1, queue = 4, on_full = "drop")]
fn record(gate: Arc<Mutex<()>>, seen: Arc<AtomicUsize>) -> Admission {
    drop(gate.lock());
    seen.fetch_add(1, Ordering::SeqCst);
}

#[test]
fn accepted_and_dropped_calls_add_up() {
    watched(|| {
        let (gate, seen) = (Arc::new(Mutex::new(())), Arc::new(AtomicUsize::new(0)));
        let closed = gate.lock().unwrap();
        let mut accepted = 0;
        for _ in 0..100 {
            match record(Arc::clone(&gate), Arc::clone(&seen)) {
                Admission::Accepted => accepted += 1,
                Admission::Dropped => {}
            }
        }
        assert!((4..=5).contains(&accepted), "{accepted}: one runs, four wait");
        drop(closed);
        drain();
        assert_eq!(seen.load(Ordering::SeqCst), accepted);
    });
}

#[bounded(workers = 1, queue = 2, on_full = "drop_oldest")]
fn newest(gate: Arc<Mutex<()>>, x: u64) -> Task<u64> {
    drop(gate.lock());
    x
}

#[test]
fn the_oldest_waiting_task_is_dropped_and_says_so() {
    watched(|| {
        let gate = Arc::new(Mutex::new(()));
        let closed = gate.lock().unwrap();
        let tasks: Vec<_> = (0..50).map(|x| newest(Arc::clone(&gate), x)).collect();
        drop(closed);
        let outcomes: Vec<_> = join_all(tasks);
        let kept: Vec<u64> = outcomes.iter().filter_map(|o| o.as_ref().ok().copied()).collect();
        assert!(kept.ends_with(&[48, 49]) && kept.len() <= 3, "{kept:?}");
        assert!(outcomes.iter().all(|o| matches!(o, Ok(_) | Err(TaskError::Dropped))));
    });
}

#[bounded(workers = 2, queue = 3)]
fn countdown(n: u64, done: Arc<AtomicUsize>) -> Task<u64> {
    done.fetch_add(1, Ordering::SeqCst);
    if n == 0 { 0 } else { 1 + countdown(n - 1, done).join().unwrap() }
}

#[test]
fn tasks_that_call_their_own_full_queue_and_join_inside() {
    watched(|| {
        let done = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..20).map(|_| countdown(20, Arc::clone(&done))).collect();
        assert!(tasks.into_iter().all(|task| task.join().unwrap() == 20));
        assert_eq!(done.load(Ordering::SeqCst), 20 * 21);
    });
}

// ---- batches ---------------------------------------------------------------------------------

static BATCHES: Mutex<Vec<usize>> = Mutex::new(Vec::new());

#[batched(workers = 2, size = 10, linger = "2ms")]
fn insert(events: Vec<u64>) -> Task<Result<u64, String>> {
    BATCHES.lock().unwrap().push(events.len());
    if events.contains(&666) {
        return Err("a bad batch".into());
    }
    Ok(events.iter().map(|e| e + 1).collect())
}

#[test]
fn callers_of_a_batched_function_get_their_own_results() {
    watched(|| {
        let all: HashSet<u64> = thread::scope(|scope| {
            let callers: Vec<_> = (0..8u64)
                .map(|t| {
                    scope.spawn(move || {
                        (0..100)
                            .map(|i| (1000 + t * 100 + i, insert(1000 + t * 100 + i)))
                            .map(|(x, task)| {
                                assert_eq!(task.join().unwrap(), Ok(x + 1));
                                x
                            })
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
        });
        assert_eq!(all.len(), 800);
        assert_eq!(insert(666).join().unwrap(), Err("a bad batch".to_owned()));
        let sizes = BATCHES.lock().unwrap();
        assert!(sizes.iter().all(|size| (1..=10).contains(size)));
    });
}

#[batched(workers = 1, size = 4, linger = "1ms")]
fn wrong_length(events: Vec<u64>) -> Task<u64> {
    events[1..].to_vec()
}

#[test]
fn a_wrong_number_of_results_is_an_error_and_not_a_hang() {
    watched(|| {
        let outcomes = join_all((0..8).map(wrong_length));
        assert!(outcomes.iter().all(Result::is_err));
    });
}

#[batched(workers = 1, size = 1000)]
fn never_full(numbers: Vec<u64>, to: Vec<mpsc::Sender<u64>>) -> Admission {
    for (number, to) in numbers.into_iter().zip(to) {
        to.send(number).ok();
    }
}

#[test]
fn drain_flushes_a_batch_that_is_not_full() {
    watched(|| {
        let (to, from) = mpsc::channel();
        for i in 0..7 {
            assert!(matches!(never_full(i, to.clone()), Admission::Accepted));
        }
        drain();
        drop(to);
        assert!(from.into_iter().eq(0..7));
    });
}

// ---- futures ---------------------------------------------------------------------------------

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn a_task_is_a_future_that_wakes_whoever_waits() {
    watched(|| {
        assert_eq!(block_on(square(12)).unwrap(), 144);
        let done = Arc::new(AtomicUsize::new(0));
        let (open, gate) = mpsc::channel();
        let task = gated_async(gate, Arc::clone(&done));
        let opener = thread::spawn(move || {
            thread::sleep(Duration::from_millis(30));
            open.send(()).unwrap();
        });
        let sum = block_on(async { square(2).await.unwrap() + task.await.unwrap() });
        opener.join().unwrap();
        assert_eq!(sum, 4);
        assert!(matches!(block_on(maybe_panic(0)), Err(TaskError::Panicked(_))));
    });
}

#[pooled(workers = 1)]
fn gated_async(gate: mpsc::Receiver<()>, done: Arc<AtomicUsize>) -> Task<u64> {
    gate.recv_timeout(LONG).ok();
    done.fetch_add(1, Ordering::SeqCst) as u64
}

#[test]
fn many_producers_lose_and_double_nothing() {
    watched(|| {
        static SUM: AtomicU64 = AtomicU64::new(0);
        #[bounded(workers = 4, queue = 50)]
        fn add(x: u64) -> Admission {
            SUM.fetch_add(x, Ordering::Relaxed);
        }
        thread::scope(|scope| {
            for t in 0..4 {
                scope.spawn(move || {
                    for i in 0..20_000 {
                        assert!(matches!(add(t * 20_000 + i), Admission::Accepted));
                    }
                });
            }
        });
        drain();
        assert_eq!(SUM.load(Ordering::Relaxed), (0..80_000).sum::<u64>());
    });
}
