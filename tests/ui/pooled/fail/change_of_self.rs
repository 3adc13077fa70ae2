use pool_runtime::pooled;

struct Machine {
    state: u64,
}

impl Machine {
    fn step(&mut self, by: u64) {
        self.state += by;
    }

    #[pooled]
    fn run(&mut self, n: u64) {
        for i in 0..n {
            self.step(i);
        }
    }
}

fn main() {}
