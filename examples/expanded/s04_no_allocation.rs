// What the annotated functions of `src/bin/s04_no_allocation.rs` expand to. Written by a test:
// UPDATE_EXPECT=1 cargo test -p pool-macros face

fn bump(i: u64) -> Admission {
    static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
        "bump",
        ::core::file!(),
        ::core::line!(),
        "pooled(workers = 8)",
    );
    static __TASKS: ::pool_runtime::__private::Tasks = ::pool_runtime::__private::Tasks::new(
        &__SITE,
    );
    __TASKS
        .admit1(
            |plan| plan.workers(8),
            i,
            |i| {
                add(i);
            },
        )
}

fn square(i: u64) -> Task<u64> {
    static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
        "square",
        ::core::file!(),
        ::core::line!(),
        "pooled(workers = 8)",
    );
    static __TASKS: ::pool_runtime::__private::Tasks = ::pool_runtime::__private::Tasks::new(
        &__SITE,
    );
    __TASKS.task1(|plan| plan.workers(8), i, |i| -> u64 { i.wrapping_mul(i) })
}
