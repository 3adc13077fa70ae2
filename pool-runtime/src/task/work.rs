//! How a function's body is run: call by call, or batch by batch.

use std::any::Any;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::{Duration, Instant};

use super::batch::{BatchResult, Columns};
use super::entry::{Entry, Reply};
use super::error::{PanicPayload, TaskError};
use super::queue::Queue;
use super::scratch::{Scratch, TaskScratch};
use super::stage::{Ripe, Stage, Take, TakeBatch};
use super::{crew, discard};
use crate::report::{Count, Stamp};
use crate::sync::spin_loop;

/// How long a worker looks for the next call before it sleeps.
const LINGER: Duration = Duration::from_micros(10);

/// The same when somebody slept until what it has just finished: such a caller is about to wake
/// up, and likely to make the next call. About as long as waking a thread takes.
const LINGER_FOR_CALLER: Duration = Duration::from_micros(100);

/// How long a breath is: a tenth of a microsecond or less, in which some calls pile up.
const BREATH: u32 = 4;

/// A body that runs calls of the kind `E`.
pub(super) trait Work<E: Entry>: Send + Sync + Sized + 'static {
    /// What each worker keeps from call to call.
    type Kept: TaskScratch;

    /// Runs a call that has been started. True: somebody slept until it was over.
    fn run_started(
        &self,
        args: E::Args,
        reply: E::Reply,
        scratch: &mut Scratch<Self::Kept>,
    ) -> bool;

    /// How many bodies have panicked.
    fn panics(&self) -> u64;

    /// Runs what is in line, on a thread that was counted in, until it leaves.
    fn serve(&self, queue: &'static Queue<E, Self>, scratch: &mut Scratch<Self::Kept>);
}

/// A body that takes the arguments of one call.
pub(super) struct Single<F, S> {
    body: F,
    panics: Count,
    kept: PhantomData<fn() -> S>,
}

/// A body that takes the arguments of several calls, as one `Vec` for each parameter.
pub(super) struct Batched<F, S, O> {
    body: F,
    ripe: Ripe,
    panics: Count,
    kept: PhantomData<fn() -> (S, O)>,
}

impl<F, S> Single<F, S> {
    pub(super) fn new(body: F) -> Self {
        Self { body, panics: Count::new(), kept: PhantomData }
    }
}

impl<F, S, O> Batched<F, S, O> {
    pub(super) fn new(body: F, ripe: Ripe) -> Self {
        Self { body, ripe, panics: Count::new(), kept: PhantomData }
    }
}

impl<E, F, S> Work<E> for Single<F, S>
where
    E: Entry,
    S: TaskScratch,
    F: Fn(&mut Scratch<S>, E::Args) -> E::Value + Send + Sync + 'static,
{
    type Kept = S;

    fn run_started(&self, args: E::Args, reply: E::Reply, scratch: &mut Scratch<S>) -> bool {
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.body)(scratch, args)));
        reply.deliver(outcome.map_err(|payload| panicked(payload, scratch, &self.panics)))
    }

    fn panics(&self) -> u64 {
        self.panics.get()
    }

    fn serve(&self, queue: &'static Queue<E, Self>, scratch: &mut Scratch<S>) {
        let stage = queue.stage();
        let mut seat = stage.arrive();
        let mut awaited = false;
        loop {
            let take = stage.take(&mut seat, || queue.put_back(scratch));
            queue.trace_depth();
            match take {
                Take::Run { entry, call } => {
                    if call {
                        crew::call(queue);
                    }
                    let shift = queue.tally().begin();
                    let start = seat.measures().then(Instant::now);
                    awaited = queue.run(entry, scratch);
                    seat.ran();
                    while let Some(entry) = stage.next(&mut seat) {
                        awaited |= queue.run(entry, scratch);
                        seat.ran();
                    }
                    if let Some(start) = start {
                        seat.measured(start.elapsed());
                    }
                    queue.end_shift(shift, seat.has_run());
                }
                Take::Pause => pause(stage),
                Take::Watch => thread::park_timeout(seat.nap()),
                Take::Linger => {
                    let for_caller = seat.has_told_caller() || awaited;
                    linger(stage, if for_caller { LINGER_FOR_CALLER } else { LINGER });
                }
                Take::Leave => return,
            }
        }
    }
}

/// Lets calls pile up.
fn pause<E: Entry>(stage: &Stage<E>) {
    for _ in 0..E::BREATHS {
        if stage.is_pause_over() {
            return;
        }
        for _ in 0..BREATH {
            spin_loop();
        }
    }
}

/// Looks for a poke, with a glance at the clock every 16 looks.
fn linger<E: Entry>(stage: &Stage<E>, time: Duration) {
    let mut looks = 0_u32;
    let start = Instant::now();
    while start.elapsed() < time {
        for _ in 0..16 {
            if stage.is_poked() {
                return;
            }
            spin_loop();
        }
        looks += 1;
        if looks.is_multiple_of(4) {
            // Whoever it waits for may need this processor.
            thread::yield_now();
        }
    }
}

/// The error of a call whose body panicked. What the worker keeps may be half changed: it is made
/// anew for the next call.
fn panicked<S>(
    payload: Box<dyn Any + Send>,
    scratch: &mut Scratch<S>,
    panics: &Count,
) -> TaskError {
    panics.add(1);
    discard(scratch.take());
    TaskError::Panicked(PanicPayload::new(payload))
}

impl<E, F, S, O> Work<E> for Batched<F, S, O>
where
    E: Entry<Args: Columns>,
    S: TaskScratch,
    O: BatchResult<E::Value> + 'static,
    F: Fn(&mut Scratch<S>, <E::Args as Columns>::Columns) -> O + Send + Sync + 'static,
{
    type Kept = S;

    fn run_started(&self, args: E::Args, reply: E::Reply, scratch: &mut Scratch<S>) -> bool {
        let mut columns = E::Args::columns(1);
        args.append_to(&mut columns);
        self.run_batch::<E>(columns, &mut vec![reply], scratch)
    }

    fn panics(&self) -> u64 {
        self.panics.get()
    }

    fn serve(&self, queue: &'static Queue<E, Self>, scratch: &mut Scratch<S>) {
        let stage = queue.stage();
        let mut seat = stage.arrive();
        let (mut batch, mut replies) = (Vec::new(), Vec::new());
        loop {
            let take =
                stage.take_batch(&mut seat, self.ripe, &mut batch, || queue.put_back(scratch));
            let TakeBatch::Run { call } = take else { return };
            if call {
                crew::call(queue);
            }
            queue.trace_depth();
            let mut columns = E::Args::columns(batch.len());
            let mut measured = Stamp::NONE;
            for entry in batch.drain(..) {
                let Some((args, reply, stamp)) = entry.start() else { continue };
                if stamp.is_measured() {
                    queue.tally().waited(stamp);
                    measured = stamp;
                }
                args.append_to(&mut columns);
                replies.push(reply);
                seat.ran();
            }
            if !replies.is_empty() {
                let shift = queue.tally().begin();
                self.run_batch::<E>(columns, &mut replies, scratch);
                queue.tally().end_batch(shift, measured.is_measured());
                queue.end_shift(None, 0);
            }
        }
    }
}

impl<F, S, O> Batched<F, S, O> {
    /// Runs a batch, and leaves `replies` empty. True: somebody slept until it was over.
    fn run_batch<E>(
        &self,
        columns: <E::Args as Columns>::Columns,
        replies: &mut Vec<E::Reply>,
        scratch: &mut Scratch<S>,
    ) -> bool
    where
        E: Entry<Args: Columns>,
        O: BatchResult<E::Value>,
        F: Fn(&mut Scratch<S>, <E::Args as Columns>::Columns) -> O,
    {
        let calls = replies.len();
        let mut awaited = false;
        let mut replies = replies.drain(..);
        // A result is made for each call here, too: cloning an error may panic as well.
        let delivered = catch_unwind(AssertUnwindSafe(|| {
            let mut values = (self.body)(scratch, columns).spread(calls)?;
            for _ in 0..calls {
                let Some(value) = values.next() else { break };
                if let Some(reply) = replies.next() {
                    awaited |= reply.deliver(Ok(value));
                }
            }
            Ok::<(), String>(())
        }));
        let error = match delivered {
            Ok(Ok(())) => return awaited,
            Ok(Err(wrong_length)) => TaskError::Panicked(PanicPayload::new(Box::new(wrong_length))),
            Err(payload) => panicked(payload, scratch, &self.panics),
        };
        awaited |= super::batch::deliver_to_all(error, replies);
        awaited
    }
}
