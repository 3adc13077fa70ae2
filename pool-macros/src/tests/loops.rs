//! Loop mode.

use expect_test::expect;

use super::check;

#[test]
fn a_sum_is_a_local_of_the_users_own_name() {
    check(
        "
        #[pooled(workers = 4, chunk = 10)]
        fn sum(n: u64) -> u64 {
            let mut sum = 0;
            for i in 0..n {
                sum += i;
            }
            sum
        }
        ",
        &expect![[r#"
            fn sum(n: u64) -> u64 {
                let mut sum = 0;
                {
                    static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
                        "sum",
                        ::core::file!(),
                        ::core::line!(),
                        "pooled(workers = 4, chunk = 10)",
                    );
                    ::pool_runtime::__private::Loop::new(
                            &__SITE,
                            ::pool_runtime::__private::source!(0..n),
                        )
                        .workers(4)
                        .chunk(10)
                        .run(
                            (::pool_runtime::__private::add!(sum),),
                            (),
                            |(mut sum,), (), block| {
                                for i in block {
                                    sum += i;
                                }
                                (sum,)
                            },
                        );
                }
                sum
            }
        "#]],
    );
}

#[test]
fn fields_of_an_entry_are_a_tuple_in_a_share() {
    check(
        "
        #[pooled]
        fn count(lines: &[Line], mut stats: HashMap<u32, Stats>) -> HashMap<u32, Stats> {
            for line in lines {
                let s = stats.entry(line.host).or_default();
                s.count += 1;
                s.longest = s.longest.max(line.len);
            }
            stats
        }
        ",
        &expect![[r#"
            fn count(lines: &[Line], mut stats: HashMap<u32, Stats>) -> HashMap<u32, Stats> {
                {
                    static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
                        "count",
                        ::core::file!(),
                        ::core::line!(),
                        "pooled",
                    );
                    let mut stats_apart = ::pool_runtime::__private::entry_from!(
                        stats, fields([count] add, [longest] max), same
                    )
                        .apart();
                    let stats_held = ::pool_runtime::__private::held!(stats);
                    ::pool_runtime::__private::Loop::new(
                            &__SITE,
                            ::pool_runtime::__private::source!(lines),
                        )
                        .run(
                            (stats_apart.share(),),
                            (),
                            |(mut stats_share,), (), block| {
                                let mut stats = ::pool_runtime::__private::OverRows::new(
                                    &mut stats_share,
                                    stats_held,
                                );
                                for line in block {
                                    let s = stats.entry(line.host).or_default();
                                    s.0 += 1;
                                    s.1 = s.1.max(line.len);
                                }
                                (stats_share,)
                            },
                        );
                    stats_apart.settle(::pool_runtime::__private::reached!(stats));
                }
                stats
            }
        "#]],
    );
}

#[test]
fn a_way_out_carries_what_was_assigned_before_it() {
    check(
        "
        #[pooled]
        fn find(names: &[Name], wanted: &str) -> Option<usize> {
            let mut found = None;
            for (i, name) in names.iter().enumerate() {
                if name == wanted {
                    found = Some(i);
                    break;
                }
            }
            found
        }
        ",
        &expect![[r#"
            fn find(names: &[Name], wanted: &str) -> Option<usize> {
                let mut found = None;
                {
                    static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
                        "find",
                        ::core::file!(),
                        ::core::line!(),
                        "pooled",
                    );
                    ::pool_runtime::__private::Loop::new(
                            &__SITE,
                            ::pool_runtime::__private::source!(names.iter()).enumerate(),
                        )
                        .run_until(
                            (::pool_runtime::__private::best!((found,), | _, _ | true),),
                            (),
                            |(((mut found,), mut found_set),), (), block| {
                                let step = ::pool_runtime::__private::attempt(|| -> ::pool_runtime::__private::Step<
                                    (),
                                > {
                                    for (i, name) in block {
                                        if name == wanted {
                                            found = Some(i);
                                            found_set = true;
                                            return ::pool_runtime::__private::Step::Break;
                                        }
                                    }
                                    ::pool_runtime::__private::Step::Next
                                });
                                ((((found,), found_set),), step)
                            },
                        );
                }
                found
            }
        "#]],
    );
}

#[test]
fn a_question_mark_goes_through_the_functions_own_type() {
    check(
        "
        #[bounded(queue = 8, on_full = \"error\")]
        fn parse(lines: impl Iterator<Item = String>) -> Result<Vec<u64>, Error> {
            let mut numbers = Vec::new();
            for line in lines {
                numbers.push(line.parse()?);
            }
            Ok(numbers)
        }
        ",
        &expect![[r#"
            fn parse(lines: impl Iterator<Item = String>) -> Result<Vec<u64>, Error> {
                let mut numbers = Vec::new();
                {
                    static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
                        "parse",
                        ::core::file!(),
                        ::core::line!(),
                        "bounded(queue = 8, on_full = \"error\")",
                    );
                    let mut full = ::core::option::Option::None;
                    let declared = ::pool_runtime::__private::declared!(
                        Result < Vec < u64 >, Error >
                    );
                    declared
                        .back(
                            ::pool_runtime::__private::Loop::new(
                                    &__SITE,
                                    ::pool_runtime::__private::stream!(lines)
                                        .queue(8)
                                        .full_into(&mut full),
                                )
                                .run_until(
                                    (::pool_runtime::__private::append!(numbers),),
                                    (),
                                    |(mut numbers,), (), block| {
                                        let step = declared
                                            .carry(|| {
                                                for line in block {
                                                    numbers.push(line.parse()?);
                                                }
                                                declared.with(::pool_runtime::__private::Step::Next)
                                            });
                                        ((numbers,), step)
                                    },
                                ),
                        )?;
                    ::pool_runtime::__private::not_full(full)?;
                }
                Ok(numbers)
            }
        "#]],
    );
}

#[test]
fn batches_and_working_space() {
    check(
        "
        #[batched(size = 100)]
        #[pooled(scratch(buffer = String::new()))]
        fn squares(values: &[u64], out: &mut Vec<String>) {
            for batch in values {
                buffer.clear();
                buffer.push_str(&join(batch));
                out.push(buffer.clone());
            }
        }
        ",
        &expect![[r#"
            fn squares(values: &[u64], out: &mut Vec<String>) {
                #[allow(unused_imports, reason = "the attribute has been expanded")]
                use pooled as _;
                {
                    static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
                        "squares",
                        ::core::file!(),
                        ::core::line!(),
                        "batched(size = 100), pooled(scratch(buffer = String::new()))",
                    );
                    ::pool_runtime::__private::Loop::new(
                            &__SITE,
                            ::pool_runtime::__private::InBatches::batches(
                                ::pool_runtime::__private::source!(values),
                                100,
                            ),
                        )
                        .run(
                            (::pool_runtime::__private::collect!(out),),
                            (::pool_runtime::__private::scratch!(= String::new()),),
                            |(mut out,), (buffer,), block| {
                                for batch in block {
                                    buffer.clear();
                                    buffer.push_str(&join(batch));
                                    out.push(buffer.clone());
                                }
                                (out,)
                            },
                        );
                }
            }
        "#]],
    );
}

#[test]
fn what_a_body_reads_while_it_writes_is_lent() {
    check(
        "
        #[pooled]
        fn blur(old: &[f64], new: &mut [f64], weight: f64) {
            for i in 1..old.len() {
                new[i] = weight * (old[i] + old[i - 1]);
            }
        }
        ",
        &expect![[r#"
            fn blur(old: &[f64], new: &mut [f64], weight: f64) {
                {
                    static __SITE: ::pool_runtime::__private::Site = ::pool_runtime::__private::Site::new(
                        "blur",
                        ::core::file!(),
                        ::core::line!(),
                        "pooled",
                    );
                    let source = ::pool_runtime::__private::source!(1..old.len());
                    let window_0 = ::pool_runtime::__private::window!(new, source);
                    ::pool_runtime::__private::Loop::new(&__SITE, source)
                        .run(
                            (),
                            (window_0,),
                            |(), (new,), block| {
                                ::pool_runtime::__private::lend2(
                                    old,
                                    weight,
                                    |old, weight| {
                                        for i in block {
                                            new[i] = weight * (old[i] + old[i - 1]);
                                        }
                                    },
                                )
                            },
                        );
                }
            }
        "#]],
    );
}
