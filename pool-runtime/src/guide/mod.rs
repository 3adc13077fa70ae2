//! The manual, page by page. Every example in it runs as a test of this crate.
//!
//! | page | answers |
//! |---|---|
//! | [`pooled`](macro@crate::pooled), [`bounded`](macro@crate::bounded), [`batched`](macro@crate::batched) | what does the attribute do, what are its own keys? |
//! | [`keys`] | what do `workers`, `scratch`, `errors` and the other common keys mean, what do they cost? |
//! | [`sources`] | what may the loop run over, and how is it cut? |
//! | [`accumulators`] | what may the body change, and how? |
//! | [`exits`] | what do `break`, `return`, `?` and a panic do? |
//! | [`errors`] | the first error, any, all of them; time-outs; a queue that is full |
//! | [`tasks`] | how do functions submit themselves, and how does one wait for them? |
//! | [`tuning`] | how does one find out what is slow, and which key changes it? |
//! | [`seeing`] | what does a program do while it runs: report, trace, spans, metrics? |
//! | [`migration`] | what do rayon, crossbeam, tokio and Go idioms become? |
//! | [`how_it_works`] | what does the code expand to, and why is the result the sequential one? |
//! | [`messages`](crate::messages) | what does a message mean, which program causes it, what is its cure? |
//! | [`limits`] | what does it refuse, and when should it not be used? |

macro_rules! pages {
    ($($name:ident $text:literal)*) => {$(
        #[doc = include_str!($text)]
        pub mod $name {}
    )*};
}

pages! {
    keys "keys.md"
    sources "sources.md"
    accumulators "accumulators.md"
    exits "exits.md"
    errors "errors.md"
    tasks "tasks.md"
    tuning "tuning.md"
    seeing "seeing.md"
    migration "migration.md"
    how_it_works "how_it_works.md"
    limits "limits.md"
}
