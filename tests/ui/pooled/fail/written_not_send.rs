use std::rc::Rc;

use pool_runtime::pooled;

#[pooled]
fn fill(out: &mut [Rc<usize>]) {
    for i in 0..out.len() {
        out[i] = Rc::new(i);
    }
}

fn main() {}
