//! What a body is found to do wrong is its author's to hear: each line with a `~` has a warning,
//! and no other line has.

use pool_runtime::{Task, bounded, pooled};

fn check(value: u32) -> Result<u32, String> { //~
    Ok(value)
}

/// A loop.
#[pooled]
pub fn unused(values: &[u32]) -> u64 { //~
    let mut sum = 0;
    for value in values {
        let twice = value * 2; //~
        check(*value); //~
        let mut never_changed = 3; //~
        sum += u64::from(*value + never_changed);
    }
    sum
}

/// A loop.
#[bounded(queue = 8)]
pub fn unreachable(values: &[u32]) -> u64 { //~
    let mut sum = 0;
    for value in values {
        fn nobody_calls_it() {} //~
        sum += *value as u64; //~
        continue;
        sum += 1; //~
    }
    sum
}

/// A loop.
#[pooled]
pub fn style(values: &[u32]) -> Vec<u64> { //~
    let mut all = Vec::new();
    for i in 0..values.len() {
        let text = format!("{}", values[i]);
        if text.len() == 0 { //~
            break;
        }
        all.push(u64::from(values[i]));
    }
    all
}

/// A task.
#[bounded(queue = 8)]
pub fn task(text: String) -> Task<usize> {
    let unused = 1; //~
    let length = text.len();
    return length; //~
}

/// A caller.
pub fn caller() {
    task(String::new()); //~
}
