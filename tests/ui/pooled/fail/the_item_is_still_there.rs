use pool_runtime::pooled;

struct Job;

impl Job {
    /// Callers of this function, and the loop in it, cause no errors of their own.
    #[pooled(workers = 0)]
    fn run(&self, n: u64) -> Result<u64, String> {
        let mut sum = 0;
        #[pooled(chunk = 8)]
        for i in 0..n {
            if i == 7 {
                return Err(String::from("seven"));
            }
            sum += i;
        }
        Ok(sum)
    }
}

fn main() {
    println!("{}", Job.run(8).is_err());
}
