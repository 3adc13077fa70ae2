use pool_runtime::pooled;

#[pooled]
fn squares(values: &[u64], out: &mut Vec<u64>) {
    for value in values {
        #[ordered]
        out.push(value * value);
    }
}

fn main() {}
