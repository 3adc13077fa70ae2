//! Maps, sets and histograms.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Debug;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use super::drive;
use crate::__private::{bins, entry, entry_from, insert};

type FixedHasher = BuildHasherDefault<DefaultHasher>;

/// Compares one form with the sequential loop. The body sees the place, or a share, by reference.
macro_rules! equals_sequential {
    ($form:ident($($($rule:tt)+)?), $start:expr, |$x:ident, $i:ident| $step:stmt) => {
        for len in [0, 1, 2, 7, 64, 1000] {
            let mut sequential = $start;
            {
                let $x = &mut sequential;
                for $i in 0..len {
                    $step
                }
            }
            for seed in 0..10 {
                let mut place = $start;
                drive($form!(place $(, $($rule)+)?), len, seed, |mut share, cut| {
                    {
                        let $x = &mut share;
                        for $i in cut {
                            $step
                        }
                    }
                    share
                });
                assert_eq!(place, sequential, "len {len}, seed {seed}");
            }
        }
    };
}

/// A map of that type that is not empty.
fn filled<M: FromIterator<(usize, V)>, V>(value: impl Fn(usize) -> V) -> M {
    (0..5).map(|i| (i * 3, value(i))).collect()
}

#[test]
fn values_per_key_equal_the_sequential_loop() {
    equals_sequential!(entry(add), HashMap::new(), |m, i| *m.entry(i % 13).or_insert(0) += i);
    equals_sequential!(entry(add), filled::<HashMap<_, _>, _>(|i| i), |m, i| *m
        .entry(i % 13)
        .or_default() +=
        i);
    equals_sequential!(entry(add), filled::<BTreeMap<_, _>, _>(|i| i), |m, i| *m
        .entry(i % 13)
        .or_insert(0) +=
        1);
    equals_sequential!(entry(add), filled::<HashMap<_, _, FixedHasher>, _>(|i| i as u8), |m, i| {
        *m.entry(i % 13).or_insert(0) += (i % 3 == 0) as u8
    });
    equals_sequential!(entry(mul), filled::<BTreeMap<_, _>, _>(|i| i as u64), |m, i| *m
        .entry(i % 13)
        .or_insert(1) *=
        (i % 3) as u64);
    equals_sequential!(entry(or), HashMap::new(), |m, i| *m.entry(i % 13).or_insert(0_u64) |=
        1 << (i % 64));
    equals_sequential!(entry(append), filled::<HashMap<_, _>, _>(|i| vec![i]), |m, i| m
        .entry(i % 13)
        .or_default()
        .push(i));
    equals_sequential!(entry(append), HashMap::new(), |m, i| m
        .entry(i % 13)
        .or_insert_with(String::new)
        .push_str(&i.to_string()));
    equals_sequential!(
        entry(insert),
        filled::<BTreeMap<_, _>, _>(|i| BTreeSet::from([i])),
        |m, i| {
            m.entry(i % 13).or_default().insert(i % 7);
        }
    );
    equals_sequential!(entry(max), filled::<HashMap<_, _>, _>(|i| i), |m, i| {
        m.entry(i % 13).and_modify(|most| *most = (*most).max(i * 7 % 50)).or_insert(i * 7 % 50);
    });
    equals_sequential!(
        entry(entry(add)),
        filled::<HashMap<_, BTreeMap<_, _>>, _>(|i| BTreeMap::from([(i, i)])),
        |m, i| *m.entry(i % 13).or_default().entry(i % 5).or_insert(0) += i
    );
    equals_sequential!(entry(bins(add)), filled::<HashMap<_, _>, _>(|i| [i; 4]), |m, i| m
        .entry(i % 13)
        .or_insert([0; 4])[i % 4] +=
        i);
    equals_sequential!(entry(bins(add)), HashMap::new(), |m, i| m
        .entry(i % 13)
        .or_insert_with(|| vec![0; 4])[i % 4] +=
        i);
}

#[test]
fn a_share_keeps_the_hasher() {
    let hasher = RandomState::new();
    let mut counts: HashMap<usize, usize, _> = HashMap::with_hasher(hasher.clone());
    drive(entry!(counts, add), 100, 5, |mut counts, cut| {
        for i in cut {
            assert_eq!(counts.hasher().hash_one(i), hasher.hash_one(i));
            *counts.entry(i % 7).or_default() += 1;
        }
        counts
    });
    assert_eq!(counts.hasher().hash_one(1), hasher.hash_one(1));
    assert_eq!(counts.values().sum::<usize>(), 100);
}

#[test]
fn float_values_per_key_are_the_same_bits_for_any_workers() {
    let mut results: Vec<Vec<(usize, u64)>> = Vec::new();
    for seed in 0..10 {
        let mut sums: BTreeMap<usize, f64> = BTreeMap::from([(1, 0.5)]);
        drive(entry!(sums, add), 1000, seed, |mut sums, cut| {
            for i in cut {
                *sums.entry(i % 13).or_default() += 1.0 / (i as f64 + 1.0);
            }
            sums
        });
        results.push(sums.into_iter().map(|(key, sum)| (key, sum.to_bits())).collect());
    }
    results.dedup();
    assert_eq!(results.len(), 1);
}

#[test]
fn a_base_counts_once_and_only_for_absent_keys() {
    equals_sequential!(entry_from(add), HashMap::new(), |m, i| *m
        .entry(i % 13)
        .or_insert(100 + i) += i);
    equals_sequential!(entry_from(add), filled::<HashMap<_, _>, _>(|i| i), |m, i| *m
        .entry(i % 13)
        .or_insert_with(|| 100 + i) +=
        1);
    equals_sequential!(entry_from(add), filled::<BTreeMap<_, _>, _>(|i| i), |m, i| {
        m.entry(i % 13).and_modify(|v| *v += i).or_insert(7 * i);
    });
    equals_sequential!(entry_from(add), filled::<BTreeMap<_, _>, _>(|i| i), |m, i| {
        *m.entry(i % 13).and_modify(|v| *v += i).or_insert_with_key(|k| 7 * k) += 2;
    });
    equals_sequential!(entry_from(add, same), filled::<HashMap<_, _>, _>(|i| i), |m, i| {
        m.entry(i % 13).and_modify(|v| *v += 1).or_insert(5);
    });
    equals_sequential!(entry_from(net), filled::<HashMap<_, _>, _>(|i| i as u32 + 900), |m, i| {
        *m.entry(i % 13).or_insert(1000_u32) -= (i % 3) as u32;
    });
    equals_sequential!(entry_from(append), filled::<HashMap<_, _>, _>(|i| vec![i]), |m, i| {
        m.entry(i % 13).and_modify(|v| v.push(i)).or_insert_with(|| vec![0, i]);
    });
    equals_sequential!(entry_from(mul), filled::<BTreeMap<_, _>, _>(|i| i as u64), |m, i| *m
        .entry(i % 13)
        .or_insert(3) *=
        (i % 2 + 1).min(1 + i / 990) as u64);
}

#[test]
fn the_last_write_wins_and_a_set_keeps_what_it_has() {
    equals_sequential!(insert(), filled::<HashMap<_, _>, _>(|i| i), |m, i| {
        m.insert(i % 13, i);
    });
    equals_sequential!(insert(), filled::<BTreeMap<_, _>, _>(|i| i), |m, i| {
        m.insert(i % 13, i);
    });
    equals_sequential!(insert(), HashSet::from([1, 50]), |s, i| {
        s.insert(i % 13);
    });

    /// Equal to every other of the same key.
    #[derive(Clone, Copy, Debug)]
    struct Tagged(usize, usize);
    impl PartialEq for Tagged {
        fn eq(&self, other: &Self) -> bool {
            self.0 == other.0
        }
    }
    impl Eq for Tagged {}
    impl PartialOrd for Tagged {
        fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
            Some(self.cmp(other))
        }
    }
    impl Ord for Tagged {
        fn cmp(&self, other: &Self) -> std::cmp::Ordering {
            self.0.cmp(&other.0)
        }
    }
    for seed in 0..10 {
        let mut first = BTreeSet::new();
        drive(insert!(first), 100, seed, |mut first, cut| {
            for i in cut {
                first.insert(Tagged(i % 13, i));
            }
            first
        });
        assert!(first.iter().all(|tagged| tagged.0 == tagged.1), "the first of equals stays");
    }
}

#[test]
fn elements_equal_the_sequential_loop() {
    equals_sequential!(bins(add), [3_u64; 10], |h, i| h[i * 7 % 10] += i as u64);
    equals_sequential!(bins(add), vec![3; 10], |h, i| {
        let len = h.len();
        h[i * 7 % len] += i;
    });
    equals_sequential!(bins(xor), vec![3; 10].into_boxed_slice(), |h, i| h[i * 7 % 10] ^= i);
    equals_sequential!(bins(net), [5000_u32; 10], |h, i| h[i * 7 % 10] -= i as u32 % 20);
    equals_sequential!(bins(max), [40; 10], |h, i| h[i * 7 % 10] = h[i * 7 % 10].max(i % 77));
    equals_sequential!(bins(append), vec![vec![7]; 10], |h, i| h[i * 7 % 10].push(i));
    equals_sequential!(bins(bins(add)), [[1; 4]; 10], |h, i| h[i * 7 % 10][i % 4] += i);
    equals_sequential!(bins(bins(add)), vec![vec![1; 4]; 10], |h, i| h[i * 7 % 10][i % 4] += i);
    equals_sequential!(bins(bins(bins(or))), vec![[[0; 3]; 4]; 10], |h, i| h[i * 7 % 10][i % 4]
        [i % 3] |= i);
    equals_sequential!(bins(entry(add)), vec![HashMap::new(); 3], |h, i| *h[i % 3]
        .entry(i % 5)
        .or_insert(0) += i);
    equals_sequential!(bins(append), vec![String::from("a"); 3], |h, i| h[i % 3]
        .push_str(&i.to_string()));
}

#[test]
fn a_histogram_may_be_a_slice_or_larger_than_a_stack() {
    fn slice(h: &mut [u64]) {
        drive(bins!(h, add), 100, 5, |mut h, cut| {
            for i in cut {
                h[i % 7] += 1;
            }
            h
        });
    }
    let mut h = [0; 7];
    slice(&mut h);
    assert_eq!(h, [15, 15, 14, 14, 14, 14, 14]);

    std::thread::Builder::new()
        .stack_size(256 << 10)
        .spawn(|| {
            let mut large: Box<[u64; 1 << 17]> =
                vec![0; 1 << 17].try_into().expect("the right length");
            drive(bins!(*large, add), 100, 5, |mut large, cut| {
                for i in cut {
                    large[i * 1000] += 1;
                }
                large
            });
            assert_eq!(large.iter().sum::<u64>(), 100);
        })
        .expect("spawns")
        .join()
        .expect("fits on a small stack");
}

#[test]
#[should_panic(expected = "index out of bounds: the len is 7 but the index is 7")]
fn a_bin_that_is_not_there_panics_as_it_does_sequentially() {
    let mut h = vec![0; 7];
    drive(bins!(h, add), 8, 5, |mut h, cut| {
        for i in cut {
            h[i] += 1;
        }
        h
    });
}

#[test]
fn generic_functions_can_count() {
    fn count<K: Clone + Debug + Eq + std::hash::Hash + Send>(keys: &[K]) -> HashMap<K, usize> {
        let mut counts = HashMap::new();
        drive(entry!(counts, add), keys.len(), 3, |mut counts, cut| {
            for i in cut {
                *counts.entry(keys[i].clone()).or_insert(0) += 1;
            }
            counts
        });
        counts
    }
    assert_eq!(count(&['a', 'b', 'a']), HashMap::from([('a', 2), ('b', 1)]));
}

#[test]
fn maps_in_parts_equal_whole_ones() {
    equals_sequential!(entry(add, shards = 1), HashMap::new(), |m, i| *m
        .entry(i % 130)
        .or_insert(0) += i);
    equals_sequential!(entry(add, shards = 7), filled::<HashMap<_, _>, _>(|i| i), |m, i| *m
        .entry(i % 130)
        .or_insert(0) +=
        i);
    equals_sequential!(entry(add, shards = 3), filled::<BTreeMap<_, _>, _>(|i| i), |m, i| *m
        .entry(i % 130)
        .or_insert(0) +=
        i);
    equals_sequential!(
        entry(append, shards = 3),
        HashMap::from([(String::from("k1"), vec![0])]),
        |m, i| m.entry(format!("k{}", i % 130)).or_default().push(i)
    );
    equals_sequential!(insert(shards = 3), filled::<HashMap<_, _>, _>(|i| i), |m, i| {
        m.insert(i % 130, i);
    });
    equals_sequential!(insert(shards = 3), BTreeSet::from([3, 500]), |m, i| {
        m.insert(i % 130);
    });
    equals_sequential!(entry_from(add, shards = 5), filled::<HashMap<_, _>, _>(|i| i), |m, i| {
        m.entry(i % 130).and_modify(|v| *v += i).or_insert(7 * i);
    });
    equals_sequential!(
        entry_from(add, same, shards = 5),
        filled::<HashMap<_, _>, _>(|i| i),
        |m, i| {
            m.entry(i % 130).and_modify(|v| *v += 1).or_insert(5);
        }
    );
}

#[test]
fn many_keys_are_put_together_on_several_workers() {
    for seed in 0..3 {
        let mut counts: HashMap<usize, usize> = (0..1000).map(|key| (key, 1)).collect();
        drive(entry!(counts, add, shards = 16), 100_000, seed, |mut counts, cut| {
            for i in cut {
                *counts.entry(i % 30_000).or_default() += 1;
            }
            counts
        });
        assert_eq!(counts.len(), 30_000);
        assert!(
            (0..30_000)
                .all(|key| counts[&key] == 3 + usize::from(key < 10_000) + usize::from(key < 1000))
        );
    }
}

#[test]
#[should_panic(expected = "merging fails")]
fn a_panic_while_parts_are_put_together_comes_out() {
    use crate::Accumulate;

    #[derive(Clone, Default)]
    struct Fails;
    impl Accumulate for Fails {
        fn fresh(&self) -> Self {
            Self
        }
        fn merge(&mut self, _: Self) {
            panic!("merging fails");
        }
    }
    let mut map: HashMap<usize, Fails> = HashMap::new();
    drive(entry!(map, merge, shards = 4), 100_000, 1, |mut map, cut| {
        for i in cut {
            map.entry(i % 5000).or_default();
        }
        map
    });
}
