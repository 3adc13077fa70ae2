use pool_runtime::pooled;

fn main() {
    #[pooled]
    let sum = 0;
    std::hint::black_box(sum);
}
