use pool_runtime::{Admission, bounded};

#[bounded(queue = 5)]
fn record<'a>(event: Vec<&'a str>) -> Admission {
    println!("{event:?}");
}

fn main() {}
