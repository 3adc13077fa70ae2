use pool_runtime::{Admission, bounded};

struct Log;

impl Log {
    #[bounded(queue = 5)]
    fn record(&mut self, event: String) -> Admission {
        println!("{event}");
    }
}

fn main() {}
