use pool_runtime::pooled;

#[pooled]
fn views(lines: Vec<String>) -> Vec<usize> {
    let mut out = Vec::new();
    for line in lines {
        let view = line.as_str();
        drop(line);
        out.push(view.len());
    }
    out
}

fn main() {}
