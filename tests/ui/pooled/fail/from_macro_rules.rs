use pool_runtime::pooled;

macro_rules! sums {
    ($($name:ident: $type:ty, $workers:expr;)*) => {
        $(
            #[pooled(workers = $workers)]
            pub fn $name(values: &[$type]) -> $type {
                let mut sum = 0;
                for value in values {
                    sum += *value;
                }
                sum
            }
        )*
    };
}

sums! {
    bytes: u8, 4;
    words: u64, 0;
}

fn main() {}
