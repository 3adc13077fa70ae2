use pool_runtime::pooled;

#[pooled]
fn squares(values: &[u64], out: &mut Vec<u64>) {
    for value in values {
        let square = value * value;
        #[ordered(out)]
        {
            out.push(square);
        }
    }
}

fn main() {}
