// What the annotated functions of `src/bin/s10_error_group.rs` expand to. Written by a test:
// UPDATE_EXPECT=1 cargo test -p pool-macros face

fn annotated<'a>(lines: &[&'a str]) -> Result<Vec<Record<'a>>, BadLine> {
    let mut records = Vec::new();
    {
        static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
            "annotated",
            ::core::file!(),
            ::core::line!(),
            "pooled",
        );
        ::pool_runtime::__private::Loop::new(
                &__SITE,
                ::pool_runtime::__private::source!(lines.iter()).enumerate(),
            )
            .run_until(
                (::pool_runtime::__private::append!(records),),
                (),
                |(mut records,), (), block| {
                    let step = ::pool_runtime::__private::attempt(|| -> ::pool_runtime::__private::Carry<
                        Result<Vec<Record<'a>>, BadLine>,
                        ::pool_runtime::__private::Step<()>,
                    > {
                        for (i, line) in block {
                            records.push(parse(i, line)?);
                        }
                        <Result<
                            Vec<Record<'a>>,
                            BadLine,
                        > as ::pool_runtime::__private::Leave>::with(
                            ::pool_runtime::__private::Step::Next,
                        )
                    });
                    ((records,), step)
                },
            )?;
    }
    Ok(records)
}

fn every_error<'a>(lines: &[&'a str]) -> Result<Vec<Record<'a>>, Errors<BadLine>> {
    let mut records = Vec::new();
    {
        static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
            "every_error",
            ::core::file!(),
            ::core::line!(),
            "pooled(errors = \"all\")",
        );
        let mut failures = ::pool_runtime::__private::Failures::new();
        ::pool_runtime::__private::Loop::new(
                &__SITE,
                ::pool_runtime::__private::source!(lines.iter()).enumerate(),
            )
            .run(
                (::pool_runtime::__private::append!(records),),
                (failures.collect(),),
                |(mut records,), (failed,), block| {
                    for (i, line) in block {
                        failed
                            .note(
                                ::pool_runtime::__private::attempt(|| -> ::core::result::Result<
                                    (),
                                    <Result<
                                        Vec<Record<'a>>,
                                        Errors<BadLine>,
                                    > as ::pool_runtime::__private::Grouped>::Error,
                                > {
                                    records.push(parse(i, line)?);
                                    ::core::result::Result::Ok(())
                                }),
                            );
                    }
                    (records,)
                },
            );
        if let ::core::result::Result::Err(all) = failures.into_result() {
            return ::pool_runtime::__private::leave!(
                Result < Vec < Record < 'a > >, Errors < BadLine > >, all
            );
        }
    }
    Ok(records)
}
