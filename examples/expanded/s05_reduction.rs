// What the annotated functions of `src/bin/s05_reduction.rs` expand to. Written by a test:
// UPDATE_EXPECT=1 cargo test -p pool-macros face

fn pooled_count<'a>(words: &[&'a str]) -> Counts<'a> {
    let mut counts = HashMap::new();
    {
        static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
            "pooled_count",
            ::core::file!(),
            ::core::line!(),
            "pooled",
        );
        ::pool_runtime::__private::Loop::new(
                &__SITE,
                ::pool_runtime::__private::source!(words),
            )
            .run(
                (::pool_runtime::__private::entry!(counts, add),),
                (),
                |(mut counts,), (), block| {
                    for word in block {
                        *counts.entry(*word).or_insert(0) += 1;
                    }
                    (counts,)
                },
            );
    }
    counts
}

/// The keys are pairs of words: so many that the merge itself is worth sharing.
fn pooled_pairs<'a>(words: &[&'a str]) -> HashMap<(&'a str, &'a str), u64> {
    let mut counts = HashMap::new();
    {
        static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
            "pooled_pairs",
            ::core::file!(),
            ::core::line!(),
            "pooled(shards = 32)",
        );
        ::pool_runtime::__private::Loop::new(
                &__SITE,
                ::pool_runtime::__private::source!(words.windows(2)),
            )
            .run(
                (::pool_runtime::__private::entry!(counts, add, shards = 32),),
                (),
                |(mut counts,), (), block| {
                    for pair in block {
                        *counts.entry((pair[0], pair[1])).or_insert(0) += 1;
                    }
                    (counts,)
                },
            );
    }
    counts
}
