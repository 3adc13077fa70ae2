// What the annotated functions of `src/bin/s03_batching.rs` expand to. Written by a test:
// UPDATE_EXPECT=1 cargo test -p pool-macros face

fn in_batches(db: &Database, events: &[Event]) -> rusqlite::Result<usize> {
    let mut calls = 0;
    {
        static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
            "in_batches",
            ::core::file!(),
            ::core::line!(),
            "batched(size = 100, workers = 10)",
        );
        let declared = ::pool_runtime::__private::declared!(rusqlite::Result < usize >);
        declared
            .back(
                ::pool_runtime::__private::Loop::new(
                        &__SITE,
                        ::pool_runtime::__private::InBatches::batches(
                            ::pool_runtime::__private::source!(events),
                            100,
                        ),
                    )
                    .captures(&raw const db)
                    .workers(10)
                    .run_until(
                        (::pool_runtime::__private::add!(calls),),
                        (),
                        |(mut calls,), (), block| {
                            let step = declared
                                .carry(|| {
                                    for batch in block {
                                        db.insert(batch)?;
                                        calls += 1;
                                    }
                                    declared.with(::pool_runtime::__private::Step::Next)
                                });
                            ((calls,), step)
                        },
                    ),
            )?;
    }
    Ok(calls)
}

/// Callers insert one event and get its id; the function collects what arrives within 2 ms.
fn record(db: Arc<Database>, events: Event) -> Task<Result<i64, String>> {
    static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
        "record",
        ::core::file!(),
        ::core::line!(),
        "batched(workers = 1, size = 100, linger = \"2ms\")",
    );
    static __TASKS: ::pool_runtime::__private::Tasks = ::pool_runtime::__private::Tasks::new(
        &__SITE,
    );
    __TASKS
        .batched_task2(
            |plan| {
                plan.workers(1).size(100).linger(::core::time::Duration::from_millis(2))
            },
            db,
            events,
            |db, events| -> Result<::std::vec::Vec<i64>, String> {
                db[0].insert(&events).map_err(|error| error.to_string())
            },
        )
}

/// The same without waiting for company.
fn record_alone(db: Arc<Database>, events: Event) -> Task<Result<i64, String>> {
    static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
        "record_alone",
        ::core::file!(),
        ::core::line!(),
        "batched(workers = 1, size = 1)",
    );
    static __TASKS: ::pool_runtime::__private::Tasks = ::pool_runtime::__private::Tasks::new(
        &__SITE,
    );
    __TASKS
        .batched_task2(
            |plan| plan.workers(1).size(1),
            db,
            events,
            |db, events| -> Result<::std::vec::Vec<i64>, String> {
                db[0].insert(&events).map_err(|error| error.to_string())
            },
        )
}

/// The call goes out in the order of the events, whoever has prepared it.
fn in_order(db: &Database, events: &[Event]) -> Result<usize, String> {
    let mut calls = 0;
    {
        static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
            "in_order",
            ::core::file!(),
            ::core::line!(),
            "batched(size = 100, workers = 10)",
        );
        let order = ::pool_runtime::__private::Ordered::new((&mut calls,));
        ::pool_runtime::__private::Loop::new(
                &__SITE,
                ::pool_runtime::__private::InBatches::batches(
                    ::pool_runtime::__private::source!(events),
                    100,
                ),
            )
            .workers(10)
            .run_until(
                (),
                (order.turns(),),
                |(), (turns,), block| {
                    let step = ::pool_runtime::__private::attempt(|| -> ::pool_runtime::__private::Carry<
                        Result<usize, String>,
                        ::pool_runtime::__private::Step<()>,
                    > {
                        let turns = &*turns;
                        for batch in turns.over(block) {
                            let batch = batch.to_vec();
                            let (calls,) = &mut *turns.enter();
                            let (calls,) = (&mut **calls,);
                            {
                                db.insert(&batch)
                                    .map_err(|error| format!("batch {calls}: {error}"))?;
                                *calls += 1;
                            };
                        }
                        <Result<
                            usize,
                            String,
                        > as ::pool_runtime::__private::Leave>::with(
                            ::pool_runtime::__private::Step::Next,
                        )
                    });
                    ((), step)
                },
            )?;
    }
    Ok(calls)
}
