use pool_runtime::pooled;

struct Reader {
    buffer: Vec<u8>,
    marks: [u8; 4],
}

impl Reader {
    #[pooled]
    fn lengths(&mut self, lines: &[String]) -> Vec<usize> {
        let mut lengths = Vec::new();
        for line in lines {
            self.buffer.clear();
            self.buffer.extend(line.bytes());
            lengths.push(self.buffer.len());
        }
        lengths
    }

    #[pooled]
    fn marked(&mut self, lines: &[String]) -> usize {
        let mut marked = 0;
        for line in lines {
            self.marks[line.len() % 4] = 1;
            marked += line.len();
        }
        marked
    }
}

fn main() {}
