//! Histograms: `h[any index] += e` and the other operators, element by element.

#![allow(clippy::all, reason = "spellings that users write, which clippy would mend")]
#![allow(
    clippy::assign_op_pattern,
    clippy::needless_range_loop,
    clippy::ptr_arg,
    reason = "the spellings are what is tested"
)]

use tests::{noise, same, twins};

fn small(length: usize) -> Vec<u64> {
    noise(length).map(|x| x % 1000).collect()
}

twins! { pooled() fn array(xs: &[u64]) -> [u64; 10] {
    let mut bins = [0; 10];
    for x in xs {
        bins[(x % 10) as usize] += 1;
    }
    bins
} }

#[test]
fn histogram_in_an_array() {
    same!(array as f => |n| f(&small(n)));
}

twins! { pooled() fn vector(xs: &[u64], size: usize) -> Vec<u32> {
    let mut bins = vec![0u32; size];
    for &x in xs {
        let at = x as usize % size;
        bins[at] += 1;
        if at > 0 {
            bins[at - 1] += 2;
        }
    }
    bins
} }

#[test]
fn histogram_in_a_vector_with_neighbours() {
    same!(vector as f => |n| f(&small(n), 37));
}

twins! { pooled() fn slice(xs: &[u64], bins: &mut [i64]) -> () {
    for &x in xs {
        bins[x as usize % 5] -= x as i64;
    }
} }

#[test]
fn histogram_in_a_slice_that_holds_some() {
    same!(slice as f => |n| {
        let mut bins = [5, 4, 3, 2, 1];
        f(&small(n), &mut bins);
        bins
    });
}

twins! { pooled() fn operators(xs: &[u64]) -> ([u64; 8], [u64; 8], Vec<u64>, [bool; 3]) {
    let mut or = [0; 8];
    let mut and = [u64::MAX; 8];
    let mut xor = vec![1; 8];
    let mut seen = [false; 3];
    for &x in xs {
        let at = (x % 8) as usize;
        or[at] |= x;
        and[at] &= x;
        xor[at] ^= x;
        seen[(x % 3) as usize] |= x == 77;
    }
    (or, and, xor, seen)
} }

#[test]
fn the_other_operators_on_elements() {
    same!(operators as f => |n| f(&small(n)));
}

twins! { pooled() fn longhand(xs: &[u64], rms: &mut [u64; 5]) -> () {
    for &x in xs {
        for m in 0..5 {
            rms[m] = rms[m] + x * m as u64;
        }
    }
} }

#[test]
fn long_hand_on_elements() {
    same!(longhand as f => |n| {
        let mut rms = [1, 2, 3, 4, 5];
        f(&small(n), &mut rms);
        rms
    });
}

twins! { pooled() fn two_dimensions(xs: &[u64]) -> ([[u32; 3]; 4], Vec<Vec<u64>>) {
    let mut fixed = [[0; 3]; 4];
    let mut nested = vec![vec![0; 5]; 6];
    for &x in xs {
        fixed[(x % 4) as usize][(x % 3) as usize] += 1;
        nested[(x % 6) as usize][(x % 5) as usize] += x;
    }
    (fixed, nested)
} }

#[test]
fn histograms_in_two_dimensions() {
    same!(two_dimensions as f => |n| f(&small(n)));
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Image {
    red: Vec<u64>,
    luma: [u64; 4],
    seen: u64,
}

twins! { pooled() fn histogram_in_fields(xs: &[u64], image: &mut Image) -> () {
    for &x in xs {
        image.red[(x % 16) as usize] += 1;
        image.luma[(x / 250) as usize] += x;
        image.seen += 1;
    }
} }

#[test]
fn histograms_in_fields() {
    same!(histogram_in_fields as f => |n| {
        let mut image = Image { red: vec![0; 16], ..Image::default() };
        f(&small(n), &mut image);
        image
    });
}

twins! { pooled() fn length_in_the_index(xs: &[u64], bins: &mut Vec<u64>) -> () {
    for &x in xs {
        let at = x as usize % bins.len();
        bins[at] += 1;
    }
} }

#[test]
fn the_histogram_s_own_length_may_be_read() {
    same!(length_in_the_index as f => |n| {
        let mut bins = vec![0; 11];
        f(&small(n), &mut bins);
        bins
    });
}

twins! { pooled() fn loop_variable_in_a_histogram(n: usize) -> Vec<usize> {
    let mut bins = vec![0; 8];
    for i in 0..n {
        bins[i % 8] += i;
    }
    bins
} }

#[test]
fn an_index_computed_from_the_loop_variable() {
    same!(loop_variable_in_a_histogram as f => |n| f(n));
}

twins! { pooled() fn elements_with_fields(xs: &[u64]) -> Vec<(u64, i64)> {
    let mut cells = vec![(0, 0); 9];
    for &x in xs {
        cells[(x % 9) as usize].0 += 1;
        cells[(x % 9) as usize].1 += x as i64;
    }
    cells
} }

#[test]
fn fields_of_elements() {
    same!(elements_with_fields as f => |n| f(&small(n)));
}
