use pool_runtime::pooled;

#[pooled]
fn transpose(grid: &mut [[u64; 8]; 8]) {
    for i in 0..8 {
        for j in 0..8 {
            grid[i][j] = grid[j][i];
        }
    }
}

fn main() {}
