//! Lines: what an expanded function shows to people who look at panics, backtraces and callers.

use std::backtrace::Backtrace;
use std::panic::{Location, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Mutex;

use pool_runtime::{Task, batched, bounded, pooled};

/// The hook belongs to the process.
static HOOK: Mutex<()> = Mutex::new(());

/// Where `panics` panics first, as the hook is told.
fn place_of_panic(panics: impl FnOnce() + std::panic::UnwindSafe) -> (String, u32) {
    let _one_at_a_time = HOOK.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    static PLACE: Mutex<Option<(String, u32)>> = Mutex::new(None);
    let before = take_hook();
    set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let place = info.location().map(|at| (at.file().to_owned(), at.line()));
        let mut first = PLACE.lock().expect("nobody panics here");
        *first = first.take().or(place);
    }));
    let result = catch_unwind(panics);
    set_hook(before);
    assert!(result.is_err(), "nothing panicked");
    PLACE.lock().expect("nobody panics here").take().expect("a panic has a place")
}

const fn after(line: u32, lines: u32) -> u32 {
    line + lines
}

const EXPLICIT: u32 = after(line!(), 6);
#[pooled(workers = 2)]
fn explicit(n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i;
        assert!(i < 5, "too many");
    }
    sum
}

const BOUNDS: u32 = after(line!(), 5);
#[bounded(queue = 4)]
fn bounds(values: &[u64]) -> u64 {
    let mut sum = 0;
    for i in 0..=values.len() {
        sum += values[i];
    }
    sum
}

const WINDOW: u32 = after(line!(), 4);
#[pooled]
fn window(out: &mut [u64]) {
    for i in 0..=out.len() {
        out[i] = 1;
    }
}

const OVERFLOW: u32 = after(line!(), 5);
#[batched(size = 2)]
fn overflow(values: &[u8]) -> u8 {
    let mut last = 0;
    for batch in values {
        last |= batch[0] + 255;
    }
    last
}

const UNWRAP: u32 = after(line!(), 4);
#[pooled(scratch(buffer = String::new()))]
fn unwrap(lines: &[String], numbers: &mut Vec<u64>) {
    for line in lines {
        numbers.push(line.parse().unwrap());
        buffer.clear();
    }
}

#[test]
fn a_panic_names_the_line_of_the_body() {
    let here = |line| (file!().to_owned(), line);
    assert_eq!(place_of_panic(|| _ = explicit(10)), here(EXPLICIT));
    assert_eq!(place_of_panic(|| _ = bounds(&[1, 2])), here(BOUNDS));
    assert_eq!(place_of_panic(|| window(&mut [0, 0])), here(WINDOW));
    assert_eq!(place_of_panic(|| _ = overflow(&[1, 2, 3])), here(OVERFLOW));
    assert_eq!(place_of_panic(|| unwrap(&["x".to_owned()], &mut Vec::new())), here(UNWRAP));
}

#[track_caller]
fn caller() -> u32 {
    Location::caller().line()
}

const CALLED: u32 = after(line!(), 5);
#[pooled]
fn lines_of_calls(n: u32) -> Vec<u32> {
    let mut lines = Vec::new();
    for _ in 0..n {
        lines.push(caller());
    }
    lines
}

#[track_caller]
#[pooled]
fn tracked(n: u32) -> Vec<u32> {
    let mut lines = Vec::new();
    let called_from = Location::caller().line();
    for _ in 0..n {
        lines.push(called_from);
    }
    lines
}

#[track_caller]
#[pooled]
fn refuses(n: u32) {
    assert!(n < 5, "too many");
    for i in 0..n {
        std::hint::black_box(i);
    }
}

#[test]
fn track_caller_sees_the_callers() {
    assert_eq!(lines_of_calls(3), [CALLED; 3]);
    assert_eq!(tracked(2), [line!(); 2]);
    let (_, line) = place_of_panic(|| refuses(5));
    assert_eq!(line, line!() - 1);
}

const TRACED: u32 = after(line!(), 6);
#[pooled(workers = 2)]
fn traced(n: u32) -> Vec<String> {
    let mut traces = Vec::new();
    for i in 0..n {
        let twice = i * 2;
        traces.push(format!("{twice} {}", Backtrace::force_capture()));
    }
    traces
}

const TASK: u32 = after(line!(), 3);
#[bounded(queue = 4)]
fn traced_task() -> Task<String> {
    Backtrace::force_capture().to_string()
}

/// Whether a backtrace has a frame in this file at this line.
fn passes(trace: &str, line: u32) -> bool {
    let file = file!().rsplit('/').next().expect("a file has a name");
    trace.contains(&format!("{file}:{line}:"))
}

#[test]
fn a_backtrace_from_inside_a_body_has_its_line() {
    for trace in traced(4) {
        assert!(passes(&trace, TRACED), "no line {TRACED} in\n{trace}");
    }
    let trace = traced_task().join().expect("the task runs");
    assert!(passes(&trace, TASK), "no line {TASK} in\n{trace}");
}
