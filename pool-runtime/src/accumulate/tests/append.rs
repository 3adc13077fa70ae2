//! Collections.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::fmt::Write as _;

use super::drive;
use crate::__private::append;

macro_rules! equals_sequential {
    ($start:expr, |$x:ident, $i:ident| $step:expr) => {
        equals_sequential!($start, |$x, $i| $step, |x| x)
    };
    ($start:expr, |$x:ident, $i:ident| $step:expr, $view:expr) => {
        for len in [0, 1, 2, 7, 64, 1000] {
            let mut sequential = $start;
            {
                let $x = &mut sequential;
                for $i in 0..len {
                    $step;
                }
            }
            for seed in 0..10 {
                let mut place = $start;
                drive(append!(place), len, seed, |mut $x, cut| {
                    for $i in cut {
                        $step;
                    }
                    $x
                });
                assert_eq!($view(place), $view(sequential.clone()), "len {len}, seed {seed}");
            }
        }
    };
}

#[test]
fn collections_equal_the_sequential_loop() {
    equals_sequential!(vec![usize::MAX], |v, i| v.push(i));
    equals_sequential!(Vec::new(), |v, i| v.extend(std::iter::repeat_n(i, i % 4)));
    equals_sequential!(VecDeque::from([1]), |v, i| v.push_back(i));
    equals_sequential!(String::from("x"), |s, i| write!(s, "{i},").expect("never fails"));
    equals_sequential!(LinkedList::from([5]), |v, i| v.append(&mut LinkedList::from([i])));
    equals_sequential!(BinaryHeap::from([50]), |v, i| v.push(i), |h: BinaryHeap<_>| h
        .into_sorted_vec());
    equals_sequential!(BTreeSet::from([50]), |v, i| v.extend([i % 10]));
    equals_sequential!(HashSet::from([50]), |v, i| v.extend([i % 10]));
    equals_sequential!(BTreeMap::from([(3, 0)]), |v, i| v.extend([(i % 10, i)]));
    equals_sequential!(HashMap::from([(3, 0)]), |v, i| v.extend([(i % 10, i)]));
}

#[test]
fn a_place_is_reached_as_the_method_call_reaches_it() {
    fn through_reference(v: &mut Vec<usize>) {
        drive(append!(v), 10, 1, |mut v, cut| {
            v.extend(cut);
            v
        });
    }
    #[expect(clippy::box_collection, reason = "an owner that is not the container itself")]
    struct Holder {
        inner: Box<Vec<usize>>,
    }
    impl Holder {
        fn through_box(&mut self) {
            drive(append!(self.inner), 10, 2, |mut v, cut| {
                v.extend(cut);
                v
            });
        }
    }
    let mut holder = Holder { inner: Box::default() };
    through_reference(&mut holder.inner);
    holder.through_box();
    let guard = std::sync::Mutex::new(Vec::new());
    let mut locked = guard.lock().expect("not poisoned");
    drive(append!(locked), 10, 2, |mut v, cut| {
        v.extend(cut);
        v
    });
    assert_eq!(*locked, (0..10).collect::<Vec<_>>());
    assert_eq!(*holder.inner, (0..10).chain(0..10).collect::<Vec<_>>());
}
