use std::rc::Rc;

use pool_runtime::pooled;

#[pooled]
fn wrap(values: &[u64]) -> Vec<Rc<u64>> {
    let mut out = Vec::new();
    for value in values {
        out.push(Rc::new(*value));
    }
    out
}

fn main() {}
