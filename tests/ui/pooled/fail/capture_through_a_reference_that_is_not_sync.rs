use std::rc::Rc;

use pool_runtime::pooled;

struct Config {
    offset: u64,
    name: Rc<str>,
}

#[pooled]
fn run(config: &Config, n: u64) -> u64 {
    let mut sum = 0;
    for i in 0..n {
        sum += i + config.offset;
    }
    sum + config.name.len() as u64
}

fn main() {}
