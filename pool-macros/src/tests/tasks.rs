//! Task mode.

use expect_test::expect;

use super::check;

#[test]
fn a_task_moves_its_arguments_into_the_queue_of_its_site() {
    check(
        r#"
        /// Makes a thumbnail.
        #[bounded(workers = 8, queue = 500, on_full = "block")]
        pub fn thumbnail(path: PathBuf, width: u32) -> Task<Result<Thumb, Error>> {
            let image = open(&path)?;
            Ok(image.resize(width))
        }
        "#,
        &expect![[r#"
            /// Makes a thumbnail.
            pub fn thumbnail(path: PathBuf, width: u32) -> Task<Result<Thumb, Error>> {
                static __SITE: ::pool_runtime::__private::TaskSite = ::pool_runtime::__private::TaskSite::new(
                    "thumbnail",
                    ::core::file!(),
                    ::core::line!(),
                    "bounded(workers = 8, queue = 500, on_full = \"block\")",
                );
                __SITE
                    .task2(
                        |plan| {
                            plan
                                .workers(8)
                                .queue(500)
                                .on_full(::pool_runtime::__private::OnFull::Block)
                        },
                        path,
                        width,
                        |path, width| -> Result<Thumb, Error> {
                            let image = open(&path)?;
                            Ok(image.resize(width))
                        },
                    )
            }
        "#]],
    );
}

#[test]
fn an_admission_has_no_declared_body_type() {
    check(
        r#"
        #[pooled(workers = config::WORKERS)]
        #[bounded(queue = 100, on_full = "drop_oldest")]
        fn record(mut event: Event) -> Admission {
            event.stamp();
            store(event);
        }
        "#,
        &expect![[r#"
            fn record(event: Event) -> Admission {
                #[allow(unused_imports, reason = "the attribute has been expanded")]
                use bounded as _;
                static __SITE: ::pool_runtime::__private::TaskSite = ::pool_runtime::__private::TaskSite::new(
                    "record",
                    ::core::file!(),
                    ::core::line!(),
                    "pooled(workers = config::WORKERS), bounded(queue = 100, on_full = \"drop_oldest\")",
                );
                __SITE
                    .admit1(
                        |plan| {
                            plan
                                .workers(config::WORKERS)
                                .queue(100)
                                .on_full(::pool_runtime::__private::OnFull::DropOldest)
                        },
                        event,
                        |mut event| {
                            event.stamp();
                            store(event);
                        },
                    )
            }
        "#]],
    );
}

#[test]
fn a_batch_shows_callers_one_item_and_the_body_a_vec() {
    check(
        r#"
        #[batched(workers = 4, size = 100, linger = "5ms")]
        fn insert(events: Vec<Event>, at: Vec<u64>) -> Task<Result<u64, DbError>> {
            db().insert_all(&events, &at)
        }
        "#,
        &expect![[r#"
            fn insert(events: Event, at: u64) -> Task<Result<u64, DbError>> {
                static __SITE: ::pool_runtime::__private::TaskSite = ::pool_runtime::__private::TaskSite::new(
                    "insert",
                    ::core::file!(),
                    ::core::line!(),
                    "batched(workers = 4, size = 100, linger = \"5ms\")",
                );
                __SITE
                    .batch2(
                        |plan| {
                            plan.workers(4).size(100).linger(::core::time::Duration::from_millis(5))
                        },
                        events,
                        at,
                        |events, at| -> Result<::std::vec::Vec<u64>, DbError> {
                            db().insert_all(&events, &at)
                        },
                    )
            }
        "#]],
    );
}

#[test]
fn a_receiver_and_patterns_get_names_that_a_closure_can_bind() {
    check(
        r#"
        #[pooled]
        fn shift<T: Send + 'static>(self: Arc<Self>, Point { x, y }: Point, _unused: T, _: impl Send) -> Task<u64> {
            println!("{self:?} {}", self.name);
            fn inner(self_: u8) {}
            self::free(x, y) + self.base
        }
        "#,
        &expect![[r#"
            fn shift<T: Send + 'static>(
                self: Arc<Self>,
                argument1: Point,
                unused: T,
                argument3: impl Send,
            ) -> Task<u64> {
                static __SITE: ::pool_runtime::__private::TaskSite = ::pool_runtime::__private::TaskSite::new(
                    "shift",
                    ::core::file!(),
                    ::core::line!(),
                    "pooled",
                );
                __SITE
                    .task4(
                        |plan| plan,
                        self,
                        argument1,
                        unused,
                        argument3,
                        |self_, Point { x, y }, _unused, _| -> u64 {
                            println!("{self_:?} {}", self_.name);
                            fn inner(self_: u8) {}
                            self::free(x, y) + self_.base
                        },
                    )
            }
        "#]],
    );
}
