//! What lints say of annotated functions: nothing that their authors did not write.
//!
//! All passing programs of the ui suite become modules of one package per edition, and clippy
//! looks at them with everything it has.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const EDITIONS: [&str; 3] = ["2018", "2021", "2024"];

const LINTS: [&str; 8] = [
    "clippy::all",
    "clippy::pedantic",
    "clippy::nursery",
    "missing_docs",
    "unused",
    "unreachable_code",
    "elided_lifetimes_in_paths",
    "rust_2018_idioms",
];

/// A workspace of packages, made anew.
struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    fn new(name: &str, packages: &[(String, &str, String)]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut members = Vec::new();
        for (package, edition, manifest) in packages {
            let text = format!(
                "[package]\nname = \"{package}\"\nversion = \"0.0.0\"\nedition = \"{edition}\"\n\
                 [dependencies]\npool-runtime.workspace = true\n{manifest}"
            );
            write(&folder.join(package).join("Cargo.toml"), &text);
            members.push(format!("\"{package}\""));
        }
        let text = format!(
            "[workspace]\nresolver = \"2\"\nmembers = [{}]\n\
             [workspace.dependencies]\npool-runtime.path = {:?}\n",
            members.join(", "),
            here.join("../pool-runtime"),
        );
        write(&folder.join("Cargo.toml"), &text);
        let lock = fs::read_to_string(here.join("../Cargo.lock")).expect("the workspace is locked");
        write(&folder.join("Cargo.lock"), &lock);
        Self { folder }
    }

    /// What clippy says, a line for each finding.
    fn clippy(&self, arguments: &[&str]) -> Vec<String> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["clippy", "--workspace", "--offline", "--quiet", "--message-format", "short"])
            .arg("--")
            .args(arguments)
            .current_dir(&self.folder)
            // One for both tests: the runtime is checked once.
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("lints_target"))
            .env_remove("RUSTFLAGS")
            .output()
            .expect("cargo runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let found =
            text.lines().filter(|line| line.contains(": warning") || line.contains("error"));
        found.map(str::to_owned).collect()
    }
}

/// Writes a file, unless it is there as it should be: what is built stays built.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
    fs::write(path, text).expect("a file can be written");
}

#[test]
fn no_edition_and_no_lint_finds_anything_in_what_the_attributes_make() {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let package = |edition: &str| format!("edition_{edition}");
    let packages: Vec<_> =
        EDITIONS.iter().map(|edition| (package(edition), *edition, String::new())).collect();
    let scratch = Scratch::new("lints", &packages);
    let mut programs = 0;
    for edition in EDITIONS {
        let sources = scratch.folder.join(package(edition)).join("src");
        let mut lib = String::from("//! The passing programs.\n");
        for attribute in ["pooled", "bounded", "batched"] {
            let folder = ui.join(attribute).join("pass");
            for file in fs::read_dir(folder).expect("a folder of programs") {
                let file = file.expect("a file").path();
                let stem = file.file_stem().expect("a name").to_string_lossy();
                let name = format!("{attribute}_{stem}");
                let program = fs::read_to_string(&file).expect("a program");
                // A program's root is a module here, and its `main` is called by nobody.
                let program = program
                    .replace("$crate::", "$root::")
                    .replace("crate::", &format!("crate::{name}::"))
                    .replace("$root::", "$crate::")
                    .replace(
                        "fn main()",
                        "#[doc = \"Runs.\"] #[allow(clippy::missing_panics_doc)] pub fn main()",
                    );
                write(&sources.join(format!("{name}.rs")), &program);
                // `mixed_attributes_style` is about what one of the programs is there to show.
                lib += "#[allow(missing_docs, clippy::mixed_attributes_style)]\n";
                lib += &format!("pub mod {name};\n");
                programs += 1;
            }
        }
        write(&sources.join("lib.rs"), &lib);
    }
    assert!(programs >= 60 * EDITIONS.len(), "only {programs} programs");
    let mut arguments = vec!["--cap-lints=warn"];
    LINTS.iter().for_each(|lint| arguments.extend(["-W", lint]));
    let found = scratch.clippy(&arguments);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn what_is_wrong_in_a_body_is_still_found() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = fs::read_to_string(here.join("lints/findings.rs")).expect("a program");
    let scratch = Scratch::new("findings", &[("findings".to_owned(), "2024", String::new())]);
    write(&scratch.folder.join("findings/src/lib.rs"), &program);
    let found = scratch.clippy(&["--cap-lints=warn", "-W", "clippy::pedantic"]);
    let mut lines: Vec<usize> = found
        .iter()
        .filter_map(|line| line.split("lib.rs:").nth(1)?.split(':').next()?.parse().ok())
        .collect();
    lines.sort_unstable();
    lines.dedup();
    let marked = program.lines().enumerate().filter(|(_, line)| line.contains("//~"));
    let marked: Vec<usize> = marked.map(|(index, _)| index + 1).collect();
    assert_eq!(lines, marked, "{found:#?}");
}
