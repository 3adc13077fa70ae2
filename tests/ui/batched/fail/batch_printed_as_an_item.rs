use pool_runtime::batched;

#[batched(size = 100)]
fn print_all(words: &[String]) {
    for word in words {
        println!("{:?}: {:>20}", word.len(), word);
    }
}

#[batched(size = 100)]
fn texts(words: Vec<String>) -> Vec<String> {
    let mut texts = Vec::new();
    for word in words {
        texts.push(format!("{{{word}}}"));
    }
    texts
}

fn main() {}
