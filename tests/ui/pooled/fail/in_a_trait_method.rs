use pool_runtime::pooled;

trait Source {
    fn get(&self, i: usize) -> u64;

    #[pooled]
    fn total(&self, n: usize) -> u64 {
        let mut sum = 0;
        for i in 0..n {
            sum += self.get(i);
        }
        sum
    }
}

fn main() {}
