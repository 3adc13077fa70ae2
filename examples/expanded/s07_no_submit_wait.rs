// What the annotated functions of `src/bin/s07_no_submit_wait.rs` expand to. Written by a test:
// UPDATE_EXPECT=1 cargo test -p pool-macros face

fn pooled_asks(service: SocketAddr, files: &[PathBuf]) -> io::Result<Vec<u64>> {
    let mut answers = Vec::new();
    {
        static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
            "pooled_asks",
            ::core::file!(),
            ::core::line!(),
            "pooled(workers = 8)",
        );
        ::pool_runtime::__private::Loop::new(
                &__SITE,
                ::pool_runtime::__private::source!(files),
            )
            .captures(&raw const service)
            .workers(8)
            .run_until(
                (::pool_runtime::__private::append!(answers),),
                (),
                |(mut answers,), (), block| {
                    let step = ::pool_runtime::__private::attempt(|| -> ::pool_runtime::__private::Carry<
                        io::Result<Vec<u64>>,
                        ::pool_runtime::__private::Step<()>,
                    > {
                        for file in block {
                            answers.push(ask(service, &file.to_string_lossy())?);
                        }
                        <io::Result<
                            Vec<u64>,
                        > as ::pool_runtime::__private::Leave>::with(
                            ::pool_runtime::__private::Step::Next,
                        )
                    });
                    ((answers,), step)
                },
            )?;
    }
    Ok(answers)
}
