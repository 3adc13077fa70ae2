// What the annotated functions of `src/bin/s02_backpressure.rs` expand to. Written by a test:
// UPDATE_EXPECT=1 cargo test -p pool-macros face

fn annotated(log: Log, lag: Duration, workers: usize) -> io::Result<Summary> {
    let mut summary = Summary::default();
    {
        static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
            "annotated",
            ::core::file!(),
            ::core::line!(),
            "bounded(workers = workers, queue = 500)",
        );
        ::pool_runtime::__private::Loop::new(
                &__SITE,
                ::pool_runtime::__private::stream!(log.lines()).queue(500),
            )
            .captures(&raw const lag)
            .workers(workers)
            .run_until(
                (
                    ::pool_runtime::__private::add!(summary.broken),
                    ::pool_runtime::__private::entry!(summary.requests, add),
                    ::pool_runtime::__private::add!(summary.bytes),
                    ::pool_runtime::__private::fold!(
                        summary.slowest, | so_far, later | so_far.max(later)
                    ),
                ),
                (::pool_runtime::__private::bins!(summary.statuses, add),),
                |(mut broken, mut requests, mut bytes, mut slowest), (statuses,), block| {
                    let step = ::pool_runtime::__private::attempt(|| -> ::pool_runtime::__private::Carry<
                        io::Result<Summary>,
                        ::pool_runtime::__private::Step<()>,
                    > {
                        for text in block {
                            let text = text?;
                            deliver(lag);
                            let Some(line) = parse(&text) else {
                                broken += 1;
                                continue;
                            };
                            *requests.entry(line.service.to_owned()).or_default() += 1;
                            statuses[line.status / 100] += 1;
                            bytes += line.bytes;
                            slowest = ::pool_runtime::__private::taken!(slowest)
                                .max(line.latency);
                        }
                        <io::Result<
                            Summary,
                        > as ::pool_runtime::__private::Leave>::with(
                            ::pool_runtime::__private::Step::Next,
                        )
                    });
                    ((broken, requests, bytes, slowest), step)
                },
            )?;
    }
    Ok(summary)
}
