use std::rc::Rc;

use pool_runtime::{Admission, bounded};

#[bounded(queue = 5)]
fn record(event: Rc<str>) -> Admission {
    println!("{event}");
}

fn main() {}
