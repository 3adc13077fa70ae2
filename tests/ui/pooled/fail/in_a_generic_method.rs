use pool_runtime::pooled;

pub struct Column<T>(Vec<T>);

impl<T: Copy + Into<u64> + Sync> Column<T> {
    #[pooled(chunk = 0)]
    pub fn sum<const N: usize>(&self) -> u64 {
        let mut sum = 0;
        for value in &self.0 {
            sum += (*value).into() * N as u64;
        }
        sum
    }
}

fn main() {}
