//! Disjoint writes.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::super::Accumulator;
use super::{Dice, cuts, fresh};
use crate::__private::{rows, source, window};

/// Gives every claim its view, all at the same time, each to a thread of its own.
fn each_claim<A: Accumulator<Seed: Sync>>(
    mut accumulator: A,
    len: usize,
    seed: u64,
    body: impl Fn(&mut A::Local, Range<usize>) + Sync,
) {
    let plan = accumulator.seed(Some(len));
    let claims = cuts(len, &mut Dice::new(seed));
    let views: Vec<A::Local> =
        claims.iter().map(|claim| fresh::<A>(&plan, claim.clone())).collect();
    std::thread::scope(|scope| {
        for (claim, mut view) in claims.into_iter().zip(views) {
            let body = &body;
            scope.spawn(move || body(&mut view, claim));
        }
    });
}

/// What a body panics with.
fn message(body: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(body)).expect_err("panics");
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => (*panic.downcast::<&str>().expect("a message")).to_owned(),
    }
}

#[test]
fn every_kind_of_slice_is_written_where_it_is() {
    fn write(out: &mut [usize], seed: u64) {
        let numbers = source!(0..out.len());
        let len = out.len();
        each_claim(window!(out, numbers), len, seed, |out, claim| {
            assert_eq!(out.len(), len);
            for i in claim {
                out[i] = i * i;
                out[i] += 1;
            }
        });
    }
    for seed in 0..5 {
        let (mut vec, mut array, mut boxed) = (vec![0; 100], [0; 7], vec![0; 9].into_boxed_slice());
        write(&mut vec, seed);
        let numbers = source!(0..7);
        each_claim(window!(array, numbers), 7, seed, |out, claim| {
            for i in claim {
                out[i] = i * i + 1;
            }
        });
        let numbers = source!(0..9_u8);
        let place = &mut boxed;
        each_claim(window!(place, numbers), 9, seed, |out, claim| {
            for i in claim {
                out[i] = i * i + 1;
            }
        });
        for slice in [&vec[..], &array, &boxed] {
            assert!(slice.iter().copied().eq((0..slice.len()).map(|i| i * i + 1)));
        }
        write(&mut [], seed);
    }
}

#[test]
fn claims_follow_the_numbers_of_the_range() {
    macro_rules! writes {
        ($source:expr, $numbers:expr) => {
            for seed in 0..5 {
                let mut out = vec![0_usize; 40];
                let source = $source;
                let numbers: Vec<usize> = $numbers.collect();
                each_claim(window!(out, source), numbers.len(), seed, |out, claim| {
                    for position in claim {
                        out[numbers[position]] += position + 1;
                    }
                });
                let mut expected = vec![0; 40];
                for (position, &number) in numbers.iter().enumerate() {
                    expected[number] += position + 1;
                }
                assert_eq!(out, expected);
            }
        };
    }
    writes!(source!(5..25_u16), 5..25);
    writes!(source!(5..=39_i64), 5..40);
    writes!(source!(5..30_usize).rev(), (5..30).rev());
    writes!(source!(5..30_usize).step_by(4), (5..30).step_by(4));
    writes!(source!(5..30_usize).rev().step_by(4), (5..30).rev().step_by(4));
    let items: Vec<usize> = (0..40).collect();
    writes!(source!(items.iter()).enumerate(), 0..40);
}

#[test]
fn rows_are_written_at_any_index_position() {
    const N: usize = 12;
    let value = |k: usize, j: usize, i: usize, h: usize| ((k * N + j) * N + i) * N + h + 1;
    for seed in 0..5 {
        let mut vecs = vec![vec![vec![0; N]; 3]; 2];
        let numbers = source!(0..N);
        each_claim(rows!(vecs, numbers, 2), N, seed, |out, claim| {
            for i in claim {
                for k in 0..out.len() {
                    for j in 0..out[k].len() {
                        assert_eq!((out.len(), out[k].len(), out[k][j].len()), (2, 3, N));
                        out[k][j][i] = value(k, j, i, 0);
                        assert_eq!(out[k][j][i], value(k, j, i, 0));
                    }
                }
            }
        });
        let mut arrays = [[[[0; 2]; N]; 3]; 2];
        let numbers = source!(0..N);
        each_claim(rows!(arrays, numbers, 2), N, seed, |out, claim| {
            for i in claim {
                for (k, j, h) in [(0, 0, 0), (0, 2, 1), (1, 1, 0), (1, 1, 1)] {
                    out[k][j][i][h] = value(k, j, i, h);
                }
            }
        });
        let mut deep = vec![[[vec![0; N], vec![0; N]]]; 3];
        let numbers = source!(0..N);
        each_claim(rows!(deep, numbers, 3), N, seed, |out, claim| {
            for i in claim {
                for k in 0..3 {
                    out[k][0][k % 2][i] = value(k, 0, i, 0);
                }
            }
        });
        let (mut low, mut high) = (vec![0; N], vec![0; N + 5]);
        let mut slices = [&mut low[..], &mut high[..]];
        let numbers = source!(0..N).rev();
        each_claim(rows!(slices, numbers, 1), N, seed, |out, claim| {
            for i in claim.map(|position| N - 1 - position) {
                out[0][i] = value(0, 0, i, 0);
                out[1][i] += value(1, 0, i, 0);
            }
        });
        for i in 0..N {
            let places = (0..2).flat_map(|k| (0..3).map(move |j| (k, j)));
            places.for_each(|(k, j)| assert_eq!(vecs[k][j][i], value(k, j, i, 0)));
            assert_eq!(arrays[1][1][i], [value(1, 1, i, 0), value(1, 1, i, 1)]);
            assert_eq!(arrays[0][1][i], [0, 0]);
            assert_eq!(deep[2][0][0][i], value(2, 0, i, 0));
            assert_eq!(deep[1][0][0][i], 0);
            assert_eq!((low[i], high[i]), (value(0, 0, i, 0), value(1, 0, i, 0)));
        }
        assert!(high[N..].iter().all(|&item| item == 0));
    }
}

#[test]
fn an_index_that_does_not_exist_panics_as_it_does_on_the_slice() {
    let mut out = [0; 10];
    let numbers = source!(0..11_usize);
    each_claim(window!(out, numbers), 11, 3, |out, claim| {
        if claim.contains(&10) {
            let text = message(|| out[10] = 1);
            assert_eq!(text, "index out of bounds: the len is 10 but the index is 10");
            let text = message(|| assert_eq!(out[usize::MAX], 0));
            assert!(text.starts_with("index out of bounds: the len is 10 but the index is 184"));
        }
    });
    let mut grid = vec![vec![0; 10]; 3];
    grid[1].truncate(4);
    let numbers = source!(0..10_usize);
    each_claim(rows!(grid, numbers, 1), 10, 3, |grid, claim| {
        if claim.contains(&9) {
            grid[2][9] = 1;
            let text = message(|| grid[3][9] = 1);
            assert_eq!(text, "index out of bounds: the len is 3 but the index is 3");
            let text = message(|| grid[1][9] = 1);
            assert_eq!(text, "index out of bounds: the len is 4 but the index is 9");
        }
    });
    let mut deep = [[[0; 4]; 2]; 3];
    let numbers = source!(0..4_usize);
    each_claim(rows!(deep, numbers, 2), 4, 3, |deep, claim| {
        for i in claim {
            let text = message(|| deep[0][2][i] = 1);
            assert_eq!(text, "index out of bounds: the len is 2 but the index is 2");
        }
    });
}

#[test]
fn an_index_of_another_claim_panics_and_touches_nothing() {
    let mut out = [0; 10];
    let mut grid = [[0; 10]; 2];
    let numbers = source!(0..10_usize).step_by(2);
    let mut views = (window!(out, numbers), rows!(grid, numbers, 1));
    let plans = (views.0.seed(Some(5)), views.1.seed(Some(5)));
    let mut pane = fresh_of(&views.0, &plans.0, 1..3);
    let mut rows = fresh_of(&views.1, &plans.1, 1..3);
    for i in [0, 1, 5, 9] {
        let own = format!("index {i} belongs to another iteration of the parallel loop");
        assert_eq!(message(|| pane[i] = 1), own);
        assert_eq!(message(|| assert_eq!(pane[i], 0)), own);
        assert_eq!(message(|| rows[1][i] = 1), own);
        assert_eq!(message(|| assert_eq!(rows[1][i], 0)), own);
    }
    for i in [2, 4] {
        pane[i] = 1;
        rows[1][i] = 1;
    }
    assert_eq!(out, [0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
    assert_eq!(grid, [[0; 10], [0, 0, 1, 0, 1, 0, 0, 0, 0, 0]]);
}

fn fresh_of<A: Accumulator>(_: &A, seed: &A::Seed, claim: Range<usize>) -> A::Local {
    fresh::<A>(seed, claim)
}

#[test]
fn items_are_replaced_as_an_assignment_replaces_them() {
    let mut out = vec![String::from("old"); 10];
    let numbers = source!(0..10_usize);
    each_claim(window!(out, numbers), 10, 3, |out, claim| {
        for i in claim {
            out[i] = i.to_string();
            out[i].push('!');
        }
    });
    assert_eq!(out[9], "9!");
}

#[test]
fn fields_and_whole_rows_of_an_item_belong_to_its_iteration() {
    #[derive(Clone, Default)]
    struct Body {
        mass: f64,
        speed: [f64; 3],
    }
    struct World {
        bodies: Vec<Body>,
    }
    let mut world = World { bodies: vec![Body::default(); 10] };
    let numbers = source!(0..10_usize);
    each_claim(window!(world.bodies, numbers), 10, 3, |bodies, claim| {
        for i in claim {
            bodies[i].mass = i as f64;
            for axis in 0..3 {
                bodies[i].speed[axis] += axis as f64;
            }
        }
    });
    assert_eq!(world.bodies[7].mass, 7.0);
    assert_eq!(world.bodies[7].speed, [0.0, 1.0, 2.0]);
}
