use std::rc::Rc;

use pool_runtime::pooled;

#[pooled]
fn find(values: &[u64], wanted: u64) -> Option<Rc<u64>> {
    for value in values {
        if *value == wanted {
            return Some(Rc::new(*value));
        }
    }
    None
}

fn main() {}
