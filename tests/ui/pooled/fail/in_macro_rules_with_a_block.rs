use pool_runtime::pooled;

macro_rules! make {
    ($name:ident, $body:block) => {
        #[pooled]
        fn $name(values: &[u64]) -> u64 {
            let mut state = 0;
            for value in values {
                state = state * 31 + value;
                $body
            }
            state
        }
    };
}

make!(hash, { println!("one") });

fn main() {}
