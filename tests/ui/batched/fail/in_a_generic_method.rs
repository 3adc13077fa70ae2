use pool_runtime::batched;

struct Store<T>(Vec<T>);

impl<T: Sync> Store<T> {
    #[batched(siez = 8)]
    fn count(&self) -> usize {
        let mut sum = 0;
        for batch in &self.0 {
            sum += batch.len();
        }
        sum
    }
}

fn main() {}
