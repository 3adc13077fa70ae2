//! Every example runs to its end on a little input; its own checks compare the annotated loop with
//! the sequential one, and what it says last is what these tests look for.

use std::process::Command;

/// Runs a program with `--quick` and returns what it printed.
fn quick(program: &str) -> String {
    let output = Command::new(program).arg("--quick").output().expect("the program starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} ended with {}\n{text}\n{errors}", output.status);
    text
}

macro_rules! runs {
    ($($name:ident says $expected:literal;)*) => { $(
        #[test]
        fn $name() {
            let text = quick(env!(concat!("CARGO_BIN_EXE_", stringify!($name))));
            assert!(text.contains($expected), "{text}");
        }
    )* };
}

runs! {
    word_count says "both versions returned the same in every run";
    s01_chunking says "every version returned the same sum in every run";
    s02_backpressure says "every version found";
    s03_batching says "every id is the right one";
    s04_no_allocation says "allocations";
    s05_reduction says "every version returned the same counts in every run";
    s06_connection_reuse says "in every run";
    s07_no_submit_wait says "every version returned the same answers in every run";
    s08_drop_excess says "offered = handled + dropped in every version";
    s09_buffer_reuse says "every version returned the same checksum in every run";
    s10_error_group says "every version reported line";
    thumbnail says "the same in every run";
    await_tasks says "every picture is the right one";
    tree_grep says "both builds found the same";
    log_pipeline says "both builds stored the same";
    profiling says "every step counted the same in every run";
    trace_picture says "drew 1 threads and 1 queues from 0.0 to 0.9 ms";
    sweep says "the plot is in";
    link_check says "both builds found the same 1 dead links";
}
