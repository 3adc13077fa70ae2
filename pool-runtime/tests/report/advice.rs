//! Advice on programs built to have exactly one fault.

use std::fmt::Write;
use std::fs;

use crate::json;

/// The place that a program is about, or has.
fn place(program: &str) -> jzon::JsonValue {
    let report = json(program, &[]);
    let inner = report["sites"].members().find(|site| site["name"] == "inner");
    inner.unwrap_or(&report["sites"][0]).clone()
}

fn advice(place: &jzon::JsonValue) -> String {
    place["advice"].as_str().unwrap_or("none").to_owned()
}

/// Faults that show in what the program itself does.
const FAULTS: [(&str, &str); 7] = [
    ("waits", "downstream-bound"),
    ("drops", "drops"),
    ("starves", "starved"),
    ("large_chunk", "chunk too large"),
    ("serial_source", "contention: workers waited"),
    ("merges", "contention: workers spent"),
    ("turns", "contention: items waited"),
];

/// Faults that show in what workers have of the processors: where other programs take those away,
/// the report says that instead, and is right.
const FAULTS_OF_THE_PROCESSOR: [(&str, &str); 8] = [
    ("tiny", "not worth it: a run of 20 items"),
    ("small_chunk", "chunk too small"),
    ("lock", "contention: bodies waited"),
    ("imbalance", "imbalance"),
    ("blocks", "producer blocked"),
    ("crowds", "crowded"),
    ("gains_nothing", "not worth it: the workers got"),
    ("healthy", "none"),
];

#[test]
fn each_fault_gets_its_advice() {
    for (program, advised) in FAULTS {
        let advice = advice(&place(&format!("program_{program}")));
        assert!(advice.starts_with(advised), "{program}: {advice}");
    }
}

/// So a go that is told something else counts only if a program without any fault heard nothing
/// before and after it. That the figures of a machine that is left alone lead to the advice is
/// tested with `src/report/advice/recorded.txt`, on any machine.
#[test]
fn each_fault_of_the_processor_s_gets_its_advice() {
    let quiet = || advice(&place("program_healthy")) == "none";
    for (program, advised) in FAULTS_OF_THE_PROCESSOR {
        let mut wrong = Vec::new();
        for _ in 0..12 {
            let before = quiet();
            let found = place(&format!("program_{program}"));
            let said = advice(&found);
            if said.starts_with(advised) {
                wrong.clear();
                break;
            }
            if said.starts_with("crowded") {
                let seen = &found["counters"]["processor"];
                let [busy, on, taken, waits] = ["busy_ns", "on_processor_ns", "preempted", "waits"]
                    .map(|name| seen[name].as_u64().unwrap());
                assert!(on * 10 <= busy * 6 && taken > waits, "{program}: {found}");
            } else if before && quiet() {
                wrong.push(said);
            }
        }
        assert!(wrong.len() < 3, "{program}: {wrong:?}");
    }
}

/// Writes the figures of all programs anew, of goes that heard what they should: on a machine that
/// is left alone, `cargo test -p pool-runtime --test report -- --ignored record`.
#[test]
#[ignore = "writes a file"]
fn record() {
    let mut lines = String::new();
    for (program, advised) in FAULTS.iter().chain(&FAULTS_OF_THE_PROCESSOR) {
        let goes = (0..20).map(|_| place(&format!("program_{program}")));
        let found = goes.into_iter().find(|place| advice(place).starts_with(advised));
        let place = found.unwrap_or_else(|| panic!("{program} was never told {advised}"));
        write!(lines, "{program} is told \"{advised}\":").unwrap();
        numbers(&mut lines, "", &place["counters"]);
        lines.push('\n');
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/advice/recorded.txt");
    fs::write(path, lines).unwrap();
}

/// What is known of an object's fields, as `name=number`.
fn numbers(line: &mut String, within: &str, object: &jzon::JsonValue) {
    for (name, value) in object.entries() {
        match value {
            jzon::JsonValue::Object(_) => numbers(line, &format!("{within}{name}."), value),
            jzon::JsonValue::Null => {}
            number => write!(line, " {within}{name}={number}").unwrap(),
        }
    }
}
