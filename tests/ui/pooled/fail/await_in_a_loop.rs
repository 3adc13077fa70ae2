use pool_runtime::pooled;

#[pooled]
fn fetch(urls: &[String]) -> u64 {
    let mut sum = 0;
    for url in urls {
        sum += get(url).await;
    }
    sum
}

async fn get(url: &str) -> u64 {
    url.len() as u64
}

fn main() {}
