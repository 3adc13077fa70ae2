//! One annotated place in the user's code: its name, where it stands, what was asked.

/// The static that every annotated loop or task function owns.
#[derive(Debug)]
pub struct Site {
    name: &'static str,
    file: &'static str,
    line: u32,
    plan: &'static str,
}

impl Site {
    /// A site that has not run yet. `plan` is the attribute as the user wrote it.
    #[must_use]
    pub const fn new(
        name: &'static str,
        file: &'static str,
        line: u32,
        plan: &'static str,
    ) -> Self {
        Self { name, file, line, plan }
    }
}
