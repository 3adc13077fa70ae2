// What the annotated functions of `src/bin/s01_chunking.rs` expand to. Written by a test:
// UPDATE_EXPECT=1 cargo test -p pool-macros face

fn pooled_sum(n: u64) -> u64 {
    let mut sum = 0;
    {
        static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
            "pooled_sum",
            ::core::file!(),
            ::core::line!(),
            "pooled(workers = 4, chunk = 10_000)",
        );
        ::pool_runtime::__private::Loop::new(
                &__SITE,
                ::pool_runtime::__private::source!(0..n),
            )
            .workers(4)
            .chunk(10_000)
            .run(
                (::pool_runtime::__private::add!(sum),),
                (),
                |(mut sum,), (), block| {
                    for i in block {
                        sum += term(i);
                    }
                    (sum,)
                },
            );
    }
    sum
}
