//! What the attributes accept and refuse, and in which words.
//!
//! `TRYBUILD=overwrite cargo test -p tests --test ui` writes the expected messages anew; read the
//! difference before you commit it. `cargo test -p tests --test ui -- ui trybuild=key_` runs the
//! programs with `key_` in their names.

#[test]
fn ui() {
    let programs = trybuild::TestCases::new();
    for attribute in ["pooled", "bounded", "batched"] {
        programs.pass(format!("ui/{attribute}/pass/*.rs"));
        programs.compile_fail(format!("ui/{attribute}/fail/*.rs"));
    }
}
