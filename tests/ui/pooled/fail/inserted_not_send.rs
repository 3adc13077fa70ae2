use std::{collections::BTreeMap, rc::Rc};

use pool_runtime::pooled;

#[pooled]
fn wrap(values: &[u64]) -> BTreeMap<u64, Rc<u64>> {
    let mut out = BTreeMap::new();
    for value in values {
        out.insert(*value, Rc::new(*value));
    }
    out
}

fn main() {}
