use pool_runtime::pooled;

#[pooled]
fn smooth(values: &mut [f64]) {
    for i in 1..values.len() {
        values[i] = (values[i - 1] + values[i]) / 2.0;
    }
}

fn main() {}
