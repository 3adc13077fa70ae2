use pool_runtime::batched;

macro_rules! store {
    ($name:ident, $size:literal) => {
        #[batched(size = $size)]
        fn $name(items: &[u64]) -> usize {
            let mut sum = 0;
            for batch in items {
                sum += batch.len();
            }
            sum
        }
    };
}

store!(first, 0);

fn main() {}
