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
                static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
                    "thumbnail",
                    ::core::file!(),
                    ::core::line!(),
                    "bounded(workers = 8, queue = 500, on_full = \"block\")",
                );
                static __TASKS: ::pool_runtime::__private::Tasks = ::pool_runtime::__private::Tasks::new(
                    &__SITE,
                );
                __TASKS
                    .task2(
                        |plan| {
                            plan
                                .workers(8)
                                .queue(500)
                                .when_full(::pool_runtime::__private::WhenFull::Block)
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
                static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
                    "record",
                    ::core::file!(),
                    ::core::line!(),
                    "pooled(workers = config::WORKERS), bounded(queue = 100, on_full = \"drop_oldest\")",
                );
                static __TASKS: ::pool_runtime::__private::Tasks = ::pool_runtime::__private::Tasks::new(
                    &__SITE,
                );
                __TASKS
                    .admit1(
                        |plan| {
                            plan
                                .workers(config::WORKERS)
                                .queue(100)
                                .when_full(::pool_runtime::__private::WhenFull::DropOldest)
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
                static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
                    "insert",
                    ::core::file!(),
                    ::core::line!(),
                    "batched(workers = 4, size = 100, linger = \"5ms\")",
                );
                static __TASKS: ::pool_runtime::__private::Tasks = ::pool_runtime::__private::Tasks::new(
                    &__SITE,
                );
                __TASKS
                    .batched_task2(
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
                static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
                    "shift",
                    ::core::file!(),
                    ::core::line!(),
                    "pooled",
                );
                static __TASKS: ::pool_runtime::__private::Tasks = ::pool_runtime::__private::Tasks::new(
                    &__SITE,
                );
                __TASKS
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

#[test]
fn scratch_is_made_where_the_body_can_fail() {
    check(
        r#"
        #[pooled(workers = 8, scratch(client = Client::new()?, buffer = vec![0; 64]))]
        fn fetch(url: String) -> Task<Result<usize, Error>> {
            client.get(&url, &mut buffer)
        }
        "#,
        &expect![[r#"
            fn fetch(url: String) -> Task<Result<usize, Error>> {
                static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
                    "fetch",
                    ::core::file!(),
                    ::core::line!(),
                    "pooled(workers = 8, scratch(client = Client::new()?, buffer = vec![0; 64]))",
                );
                static __TASKS: ::pool_runtime::__private::Tasks = ::pool_runtime::__private::Tasks::new(
                    &__SITE,
                );
                __TASKS
                    .task(
                        || {
                            let plan = ::pool_runtime::__private::TaskPlan::new();
                            plan.workers(8)
                        },
                        (url,),
                        |scratch, (url,)| -> Result<usize, Error> {
                            let (client, buffer) = match scratch.kept() {
                                ::core::option::Option::Some(kept) => kept,
                                ::core::option::Option::None => {
                                    let made = (Client::new()?, vec![0; 64]);
                                    scratch.keep(made)
                                }
                            };
                            client.get(&url, &mut buffer)
                        },
                    )
            }
        "#]],
    );
}
