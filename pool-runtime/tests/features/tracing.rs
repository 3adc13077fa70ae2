//! Spans: which there are, whose children they are, and which one an event in a body is inside.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::Duration;

use pool_runtime::{Admission, Task, batched, bounded, join_all, pooled};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::with_default;
use tracing::{Event, Level, Metadata, Subscriber, info, info_span};
use tracing_core::span::Current;

/// All that a subscriber was told.
#[derive(Default)]
struct Told {
    spans: Vec<Span>,
    /// Each event's message, thread and innermost span.
    events: Vec<(String, ThreadId, Option<usize>)>,
}

struct Span {
    metadata: &'static Metadata<'static>,
    fields: HashMap<&'static str, String>,
    parent: Option<usize>,
    follows: Vec<usize>,
    /// How many handles of it there are.
    handles: usize,
}

#[derive(Clone)]
struct Recorder {
    told: Arc<Mutex<Told>>,
    most: Level,
}

thread_local! {
    static STACK: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

struct Fields<'a>(&'a mut HashMap<&'static str, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

fn index(id: &Id) -> usize {
    id.into_u64() as usize - 1
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.most
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let parent = match attributes.parent() {
            Some(parent) => Some(index(parent)),
            None if attributes.is_root() => None,
            None => STACK.with_borrow(|stack| stack.last().copied()),
        };
        let mut fields = HashMap::new();
        attributes.record(&mut Fields(&mut fields));
        let mut told = self.told.lock().unwrap();
        told.spans.push(Span {
            metadata: attributes.metadata(),
            fields,
            parent,
            follows: Vec::new(),
            handles: 1,
        });
        Id::from_u64(told.spans.len() as u64)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.told.lock().unwrap().spans[index(span)].follows.push(index(follows));
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = HashMap::new();
        event.record(&mut Fields(&mut fields));
        let inside = STACK.with_borrow(|stack| stack.last().copied());
        let message = fields.remove("message").unwrap_or_default();
        self.told.lock().unwrap().events.push((message, thread::current().id(), inside));
    }

    fn enter(&self, span: &Id) {
        STACK.with_borrow_mut(|stack| stack.push(index(span)));
    }

    fn exit(&self, span: &Id) {
        STACK.with_borrow_mut(|stack| assert_eq!(stack.pop(), Some(index(span))));
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.told.lock().unwrap().spans[index(id)].handles += 1;
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut told = self.told.lock().unwrap();
        let span = &mut told.spans[index(&id)];
        span.handles -= 1;
        span.handles == 0
    }

    fn current_span(&self) -> Current {
        let told = self.told.lock().unwrap();
        STACK.with_borrow(|stack| match stack.last() {
            Some(&top) => Current::new(Id::from_u64(top as u64 + 1), told.spans[top].metadata),
            None => Current::none(),
        })
    }
}

/// What is told while `work` runs inside the span `caller`, to a subscriber of this thread alone
/// that wants what is up to `most`.
fn told(most: Level, work: impl FnOnce()) -> Told {
    let recorder = Recorder { told: Arc::default(), most };
    let told = Arc::clone(&recorder.told);
    with_default(recorder, || {
        let _caller = tracing::error_span!("caller").entered();
        work();
    });
    std::mem::take(&mut *told.lock().unwrap())
}

impl Told {
    fn named(&self, name: &str) -> Vec<usize> {
        let named = |span: &Span| span.metadata.name() == name;
        (0..self.spans.len()).filter(|&index| named(&self.spans[index])).collect()
    }

    /// The names from the innermost span outwards.
    fn path(&self, inside: Option<usize>) -> Vec<&'static str> {
        let up = |&index: &usize| self.spans[index].parent;
        std::iter::successors(inside, up).map(|index| self.spans[index].metadata.name()).collect()
    }

    /// The paths of all events, each once.
    fn paths(&self) -> Vec<Vec<&'static str>> {
        let mut paths: Vec<_> = self.events.iter().map(|event| self.path(event.2)).collect();
        paths.sort();
        paths.dedup();
        paths
    }

    fn threads(&self) -> usize {
        let mut threads: Vec<_> =
            self.events.iter().map(|event| format!("{:?}", event.1)).collect();
        threads.sort();
        threads.dedup();
        threads.len()
    }
}

#[pooled(workers = 4, name = "sleeps")]
fn sleeps(n: u64) {
    for i in 0..n {
        thread::sleep(Duration::from_millis(2));
        info!("item {i}");
    }
}

#[pooled(workers = 4)]
fn fails(n: u64) -> Result<(), String> {
    for i in 0..n {
        if i == 20 {
            return Err("twenty".to_owned());
        }
        thread::sleep(Duration::from_micros(500));
    }
    Ok(())
}

#[bounded(workers = 2, queue = 4)]
fn handed_over(n: u64) {
    for _ in (0..n).inspect(|_| info!("made")) {
        thread::sleep(Duration::from_millis(1));
        info!("used");
    }
}

#[pooled(workers = 2)]
fn double(n: u64) -> Task<u64> {
    info!("double {n}");
    if n == 13 {
        panic!("thirteen");
    }
    n * 2
}

#[pooled(workers = 2)]
fn nested(n: u64) -> Task<()> {
    sleeps(n);
}

#[bounded(workers = 1, queue = 10)]
fn noted(n: u64) -> Admission {
    info!("noted {n}");
}

#[batched(workers = 1, size = 4)]
fn all(numbers: Vec<u64>) -> Task<u64> {
    info!("{} at once", numbers.len());
    numbers
}

#[test]
fn tracing_has_a_span_for_each_run_and_its_workers_are_inside() {
    let told = told(Level::INFO, || {
        sleeps(40);
        sleeps(3);
    });
    let loops = told.named("loop");
    assert_eq!(loops.len(), 2);
    for span in loops.iter().map(|&index| &told.spans[index]) {
        assert_eq!(span.fields["name"], "\"sleeps\"");
        assert!(span.fields["file"].ends_with("tracing.rs\""), "{:?}", span.fields);
        assert!(span.fields["line"].parse::<u32>().unwrap() > 100);
        assert_eq!(span.metadata.target(), "pool_runtime");
        assert_eq!(span.handles, 0, "it is closed");
    }
    assert_eq!(told.events.len(), 43);
    assert_eq!(told.paths(), [["loop", "caller"]]);
    assert!(told.threads() > 1, "workers have the caller's own subscriber");
}

#[test]
fn tracing_without_spans_of_ours_brings_the_caller_s_to_the_workers() {
    let told = told(Level::ERROR, || {
        sleeps_with_errors(40);
        join_all((0..4).map(error));
    });
    assert_eq!(told.spans.len(), 1);
    assert_eq!(told.paths(), [["caller"]]);
    assert!(told.threads() > 1);
    assert_eq!(told.spans[0].handles, 0, "nothing holds on to it");
}

#[pooled(workers = 4)]
fn sleeps_with_errors(n: u64) {
    for i in 0..n {
        thread::sleep(Duration::from_millis(2));
        tracing::error!("item {i}");
    }
}

#[pooled(workers = 2)]
fn error(n: u64) -> Task<()> {
    tracing::error!("task {n}");
}

#[test]
fn tracing_leaves_the_spans_of_loops_that_are_left() {
    let told = told(Level::INFO, || {
        assert!(fails(100).is_err());
        info!("after");
    });
    assert_eq!(told.paths(), [["caller"]]);
    assert_eq!(told.spans[told.named("loop")[0]].handles, 0);
}

#[test]
fn tracing_spans_of_streams_hold_producer_and_workers() {
    let told = told(Level::INFO, || handed_over(20));
    assert_eq!(told.events.len(), 40);
    assert_eq!(told.paths(), [["loop", "caller"]]);
}

#[test]
fn tracing_has_a_span_for_each_task_with_its_caller_s_as_parent() {
    let told = told(Level::INFO, || {
        join_all((0..20).map(double));
        info_span!("inner").in_scope(|| nested(8).join().unwrap());
        assert!(matches!(noted(1), Admission::Accepted));
        pool_runtime::drain();
        info!("after");
    });
    assert_eq!(told.named("task").len(), 22);
    assert!(told.named("task").iter().all(|&index| told.spans[index].handles == 0));
    let paths = [vec!["caller"], vec!["loop", "task", "inner", "caller"], vec!["task", "caller"]];
    assert_eq!(told.paths(), paths);
}

#[test]
fn tracing_spans_of_batches_follow_from_their_calls() {
    let told = told(Level::INFO, || {
        let tasks: Vec<_> = (0..8).map(all).collect();
        assert!(join_all(tasks).into_iter().all(|task| task.is_ok()));
    });
    let calls = told.named("task");
    assert_eq!(calls.len(), 8);
    assert_eq!(told.paths(), [["batch", "task", "caller"]]);
    let batches = told.named("batch");
    assert_eq!(batches.len(), 2, "{:?}", told.events);
    for span in batches.iter().map(|&index| &told.spans[index]) {
        assert_eq!(span.fields["calls"], "4");
        let mut origins = span.follows.clone();
        origins.extend(span.parent);
        assert_eq!(origins.len(), 4);
        assert!(origins.iter().all(|origin| calls.contains(origin)));
    }
}
