// What the annotated functions of `src/bin/s09_buffer_reuse.rs` expand to. Written by a test:
// UPDATE_EXPECT=1 cargo test -p pool-macros face

fn annotated(files: &[PathBuf]) -> io::Result<u64> {
    let mut buf = vec![0; SIZE];
    let mut sum = 0;
    {
        static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
            "annotated",
            ::core::file!(),
            ::core::line!(),
            "pooled(scratch(buf))",
        );
        ::pool_runtime::__private::Loop::new(
                &__SITE,
                ::pool_runtime::__private::source!(files),
            )
            .run_until(
                (::pool_runtime::__private::add!(sum),),
                (::pool_runtime::__private::scratch!(buf),),
                |(mut sum,), (buf,), block| {
                    let step = ::pool_runtime::__private::attempt(|| -> ::pool_runtime::__private::Carry<
                        io::Result<u64>,
                        ::pool_runtime::__private::Step<()>,
                    > {
                        for file in block {
                            sum += checksum(file, &mut *buf)?;
                        }
                        <io::Result<
                            u64,
                        > as ::pool_runtime::__private::Leave>::with(
                            ::pool_runtime::__private::Step::Next,
                        )
                    });
                    ((sum,), step)
                },
            )?;
    }
    Ok(sum)
}
