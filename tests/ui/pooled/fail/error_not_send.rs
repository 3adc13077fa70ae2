use std::rc::Rc;

use pool_runtime::pooled;

fn check(value: u64) -> Result<u64, Rc<str>> {
    if value > 9 { Err("too large".into()) } else { Ok(value) }
}

#[pooled]
fn total(values: &[u64]) -> Result<u64, Rc<str>> {
    let mut sum = 0;
    for value in values {
        sum += check(*value)?;
    }
    Ok(sum)
}

fn main() {}
