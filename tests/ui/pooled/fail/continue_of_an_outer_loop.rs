use pool_runtime::pooled;

#[pooled]
fn find(rows: &[Vec<u64>]) -> u64 {
    let mut sum = 0;
    'rows: for row in rows {
        #[pooled]
        for value in row {
            if *value == 0 {
                continue 'rows;
            }
            sum += *value;
        }
    }
    sum
}

fn main() {}
