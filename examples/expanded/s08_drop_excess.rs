// What the annotated functions of `src/bin/s08_drop_excess.rs` expand to. Written by a test:
// UPDATE_EXPECT=1 cargo test -p pool-macros face

fn drop_new(events: impl Iterator<Item = Event>, delay: Duration) -> Outcome {
    let mut outcome = Outcome::default();
    let mut lost = 0;
    {
        static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
            "drop_new",
            ::core::file!(),
            ::core::line!(),
            "bounded(workers = 10, queue = 100, on_full = \"drop\", dropped = lost)",
        );
        ::pool_runtime::__private::Loop::new(
                &__SITE,
                ::pool_runtime::__private::stream!(events)
                    .queue(100)
                    .on_full(::pool_runtime::__private::OnFull::Drop)
                    .dropped(&mut lost),
            )
            .captures(&raw const delay)
            .workers(10)
            .run(
                (
                    ::pool_runtime::__private::add!(outcome.waited),
                    ::pool_runtime::__private::add!(outcome.handled),
                    ::pool_runtime::__private::fold!(
                        outcome.newest, | so_far, later | so_far.max(later)
                    ),
                ),
                (),
                |(mut waited, mut handled, mut newest), (), block| {
                    for event in block {
                        waited += event.made.elapsed();
                        handle(delay);
                        handled += 1;
                        newest = newest.max(event.number);
                    }
                    (waited, handled, newest)
                },
            );
    }
    outcome.lost = lost;
    outcome
}

fn drop_oldest(events: impl Iterator<Item = Event>, delay: Duration) -> Outcome {
    let mut outcome = Outcome::default();
    let mut lost = 0;
    {
        static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
            "drop_oldest",
            ::core::file!(),
            ::core::line!(),
            "bounded(workers = 10, queue = 100, on_full = \"drop_oldest\", dropped = lost)",
        );
        ::pool_runtime::__private::Loop::new(
                &__SITE,
                ::pool_runtime::__private::stream!(events)
                    .queue(100)
                    .on_full(::pool_runtime::__private::OnFull::DropOldest)
                    .dropped(&mut lost),
            )
            .captures(&raw const delay)
            .workers(10)
            .run(
                (
                    ::pool_runtime::__private::add!(outcome.waited),
                    ::pool_runtime::__private::add!(outcome.handled),
                    ::pool_runtime::__private::fold!(
                        outcome.newest, | so_far, later | so_far.max(later)
                    ),
                ),
                (),
                |(mut waited, mut handled, mut newest), (), block| {
                    for event in block {
                        waited += event.made.elapsed();
                        handle(delay);
                        handled += 1;
                        newest = newest.max(event.number);
                    }
                    (waited, handled, newest)
                },
            );
    }
    outcome.lost = lost;
    outcome
}
