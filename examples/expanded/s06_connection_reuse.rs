// What the annotated functions of `src/bin/s06_connection_reuse.rs` expand to. Written by a test:
// UPDATE_EXPECT=1 cargo test -p pool-macros face

/// One captured client for all workers.
fn shared(urls: &[String]) -> Result<u64, ureq::Error> {
    let agent = agent(WORKERS);
    let mut bytes = 0;
    {
        static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
            "shared",
            ::core::file!(),
            ::core::line!(),
            "pooled(workers = WORKERS)",
        );
        ::pool_runtime::__private::Loop::new(
                &__SITE,
                ::pool_runtime::__private::source!(urls),
            )
            .captures(&raw const agent)
            .workers(WORKERS)
            .run_until(
                (::pool_runtime::__private::add!(bytes),),
                (),
                |(mut bytes,), (), block| {
                    let step = ::pool_runtime::__private::attempt(|| -> ::pool_runtime::__private::Carry<
                        Result<u64, ureq::Error>,
                        ::pool_runtime::__private::Step<()>,
                    > {
                        for url in block {
                            bytes += length(&agent, url)?;
                        }
                        <Result<
                            u64,
                            ureq::Error,
                        > as ::pool_runtime::__private::Leave>::with(
                            ::pool_runtime::__private::Step::Next,
                        )
                    });
                    ((bytes,), step)
                },
            )?;
    }
    Ok(bytes)
}

/// One client per worker.
fn per_worker(urls: &[String]) -> Result<u64, ureq::Error> {
    let mut bytes = 0;
    {
        static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
            "per_worker",
            ::core::file!(),
            ::core::line!(),
            "pooled(workers = WORKERS, scratch(agent = agent(1)))",
        );
        ::pool_runtime::__private::Loop::new(
                &__SITE,
                ::pool_runtime::__private::source!(urls),
            )
            .workers(WORKERS)
            .run_until(
                (::pool_runtime::__private::add!(bytes),),
                (::pool_runtime::__private::scratch!(= agent(1)),),
                |(mut bytes,), (agent,), block| {
                    let step = ::pool_runtime::__private::attempt(|| -> ::pool_runtime::__private::Carry<
                        Result<u64, ureq::Error>,
                        ::pool_runtime::__private::Step<()>,
                    > {
                        for url in block {
                            bytes += length(agent, url)?;
                        }
                        <Result<
                            u64,
                            ureq::Error,
                        > as ::pool_runtime::__private::Leave>::with(
                            ::pool_runtime::__private::Step::Next,
                        )
                    });
                    ((bytes,), step)
                },
            )?;
    }
    Ok(bytes)
}
