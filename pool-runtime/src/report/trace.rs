//! `POOL_TRACE=file.json`: what happens, as it happens, in Chrome's trace format, which Perfetto
//! (`ui.perfetto.dev`) and `chrome://tracing` open.
//!
//! Every thread writes into a buffer of its own, behind a lock that nobody contends until the
//! buffer is full or the process ends; then it goes to the file. So memory is bounded, and a process
//! that is killed leaves what was written so far (the format allows the closing bracket to be
//! missing). The file is a JSON array of events:
//!
//! | `ph` | what |
//! |---|---|
//! | `M` | a thread's name, once |
//! | `X` | something with a beginning and a length: a run of a loop, a block, calls of a task function, waiting |
//! | `C` | how many items wait in a queue |

use std::cell::OnceCell;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use super::Switches;
use super::write_json::{JsonValue, object};
use crate::clock::nanos;
use crate::sync::unpoisoned;

/// Events that a thread collects before it writes them.
const BUFFER: usize = 4096;

/// Where events go.
struct Trace {
    /// Time 0.
    start: Instant,
    process: u32,
    file: Mutex<Option<Output>>,
    threads: Mutex<Vec<Arc<Thread>>>,
}

struct Output {
    file: BufWriter<File>,
    /// Whether an event has been written, so that the next needs a comma.
    any: bool,
}

/// One thread's events.
struct Thread {
    id: u32,
    events: Mutex<Vec<Event>>,
}

enum Event {
    Slice { name: &'static str, kind: Kind, from: Instant, took: Duration, items: u64 },
    Waiting { name: &'static str, at: Instant, items: usize },
}

/// What a slice is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// A whole run of a loop, on the thread that runs it.
    Run,
    /// Items that a worker ran in one go.
    Block,
    /// Calls that a worker ran in one go.
    Calls,
    /// A worker waits for items.
    Starved,
    /// A producer waits for room.
    Blocked,
    /// A worker waits for its turn in an ordered block.
    Turn,
}

impl Kind {
    fn category(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Block => "block",
            Self::Calls => "calls",
            Self::Starved | Self::Blocked | Self::Turn => "wait",
        }
    }

    fn title(self, name: &str) -> String {
        match self {
            Self::Run => format!("{name}: run"),
            Self::Block | Self::Calls => name.to_owned(),
            Self::Starved => "wait for items".to_owned(),
            Self::Blocked => "wait for room".to_owned(),
            Self::Turn => "wait for turn".to_owned(),
        }
    }
}

/// The trace, if one was asked for and the file can be made.
fn trace() -> Option<&'static Trace> {
    static TRACE: OnceLock<Option<Trace>> = OnceLock::new();
    if !Switches::now().traced() {
        return None;
    }
    TRACE.get_or_init(open).as_ref()
}

#[cold]
fn open() -> Option<Trace> {
    let path = std::env::var_os("POOL_TRACE")?;
    let file = File::create(&path).and_then(|mut file| {
        file.write_all(b"[")?;
        Ok(file)
    });
    match file {
        Ok(file) => Some(Trace {
            start: Instant::now(),
            process: std::process::id(),
            file: Mutex::new(Some(Output { file: BufWriter::new(file), any: false })),
            threads: Mutex::default(),
        }),
        Err(error) => {
            eprintln!("pool-runtime: no trace: cannot write {}: {error}", path.display());
            None
        }
    }
}

impl Trace {
    /// A number and a buffer for the calling thread.
    fn thread(&self) -> Arc<Thread> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let id = NEXT.fetch_add(1, Relaxed);
        let thread = Arc::new(Thread { id, events: Mutex::default() });
        unpoisoned(self.threads.lock()).push(Arc::clone(&thread));
        let current = std::thread::current();
        let name = current.name().unwrap_or("unnamed").to_owned();
        self.write([object! {
            name: "thread_name", ph: "M", pid: self.process, tid: id, args: object! { name: name },
        }]);
        thread
    }

    fn write(&self, events: impl IntoIterator<Item = JsonValue>) {
        let mut output = unpoisoned(self.file.lock());
        let Some(to) = &mut *output else { return };
        let mut written = Ok(());
        for event in events {
            let comma = if std::mem::replace(&mut to.any, true) { ",\n" } else { "\n" };
            written = written.and_then(|()| to.file.write_all(comma.as_bytes()));
            written = written.and_then(|()| to.file.write_all(event.dump().as_bytes()));
        }
        if let Err(error) = written {
            eprintln!("pool-runtime: the trace is incomplete: {error}");
            *output = None;
        }
    }

    fn flush(&self, thread: &Thread, events: Vec<Event>) {
        self.write(events.into_iter().map(|event| self.json(thread.id, event)));
    }

    /// Nanoseconds since time 0.
    fn ns(&self, at: Instant) -> u64 {
        nanos(at.saturating_duration_since(self.start))
    }

    /// Microseconds since time 0, as the format has it.
    fn us(&self, at: Instant) -> f64 {
        self.ns(at) as f64 / 1000.0
    }

    fn json(&self, thread: u32, event: Event) -> JsonValue {
        match event {
            Event::Slice { name, kind, from, took, items } => object! {
                name: kind.title(name),
                cat: kind.category(),
                ph: "X",
                ts: self.us(from),
                dur: (self.ns(from + took) - self.ns(from)) as f64 / 1000.0,
                pid: self.process,
                tid: thread,
                args: object! { place: name, items: items },
            },
            Event::Waiting { name, at, items } => object! {
                name: format!("queue of {name}"),
                ph: "C",
                ts: self.us(at),
                pid: self.process,
                tid: thread,
                args: object! { waiting: items },
            },
        }
    }

    fn add(&self, event: Event) {
        thread_local! {
            static MINE: OnceCell<Arc<Thread>> = const { OnceCell::new() };
        }
        // A thread that is ending, and has no locals any more, writes nothing.
        let _ = MINE.try_with(|mine| {
            let mine = mine.get_or_init(|| self.thread());
            let mut events = unpoisoned(mine.events.lock());
            events.push(event);
            if events.len() >= BUFFER {
                let events = std::mem::take(&mut *events);
                self.flush(mine, events);
            }
        });
    }
}

/// Time 0 is now, if it has not been.
pub(super) fn start() {
    trace();
}

/// Something of the place `name` began at `from` and ends now, or at `to`.
#[cold]
pub(crate) fn slice(name: &'static str, kind: Kind, from: Instant, to: Instant, items: u64) {
    if let Some(trace) = trace() {
        let took = to.saturating_duration_since(from);
        trace.add(Event::Slice { name, kind, from, took, items });
    }
}

/// So many items wait in the queue of the place `name`.
#[cold]
pub(crate) fn waiting(name: &'static str, items: usize) {
    if let Some(trace) = trace() {
        trace.add(Event::Waiting { name, at: Instant::now(), items });
    }
}

/// Writes what is left, and closes the file.
pub(super) fn close() {
    let Some(trace) = trace() else { return };
    let threads = unpoisoned(trace.threads.lock()).clone();
    for thread in threads {
        let events = std::mem::take(&mut *unpoisoned(thread.events.lock()));
        trace.flush(&thread, events);
    }
    if let Some(mut output) = unpoisoned(trace.file.lock()).take() {
        let closed = output.file.write_all(b"\n]\n").and_then(|()| output.file.flush());
        if let Err(error) = closed {
            eprintln!("pool-runtime: the trace is incomplete: {error}");
        }
    }
}
