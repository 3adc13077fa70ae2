use pool_runtime::bounded;

macro_rules! sink {
    ($name:ident, $queue:expr) => {
        #[bounded(queue = $queue)]
        fn $name(items: impl Iterator<Item = u64>) -> u64 {
            let mut sum = 0;
            for item in items {
                sum += item;
            }
            sum
        }
    };
}

sink!(first, 0);
sink!(second, "8");

fn main() {}
