//! The path under which generated code finds `pool-runtime`: `::pool_runtime`, unless the user's
//! `Cargo.toml` gives the dependency another name. (`crate = path` overrules both.)
//!
//! Only as much TOML is read as it takes to find `name.package = "pool-runtime"` in one of its
//! spellings. What cannot be read leaves the default, whose failure rustc explains.

use std::path::{Path as FilePath, PathBuf};

use proc_macro2::Span;
use syn::{Ident, Path, PathSegment, Token, punctuated::Punctuated};

mod toml;

use toml::Entry;

const PACKAGE: &str = "pool-runtime";

/// `::pool_runtime`, or the name of a renamed dependency.
pub(crate) fn find() -> Path {
    let renamed =
        std::env::var_os("CARGO_MANIFEST_DIR").and_then(|dir| rename(FilePath::new(&dir)));
    let name = renamed.unwrap_or_else(|| PACKAGE.replace('-', "_"));
    let name = syn::parse_str::<Ident>(&name)
        .unwrap_or_else(|_| Ident::new("pool_runtime", Span::call_site()));
    let name = Ident::new(&name.to_string(), Span::call_site());
    let mut segments = Punctuated::new();
    segments.push(PathSegment::from(name));
    Path { leading_colon: Some(Token![::](Span::call_site())), segments }
}

/// The other name that the manifest in `dir` gives the runtime.
fn rename(dir: &FilePath) -> Option<String> {
    let manifest = toml::entries(&std::fs::read_to_string(dir.join("Cargo.toml")).ok()?);
    let mut inherited = Vec::new();
    for entry in manifest.iter().filter(|entry| in_dependencies(entry)) {
        match entry.path.as_slice() {
            [.., name, key] if key == "package" && entry.value == PACKAGE => {
                return Some(name.replace('-', "_"));
            }
            [.., name, key] if key == "workspace" && name != PACKAGE => inherited.push(name),
            // Under its own name: as an inline table, a version or a table of its own.
            [.., name] | [.., name, _] if name == PACKAGE => return None,
            _ => {}
        }
    }
    if inherited.is_empty() {
        return None;
    }
    let workspace = workspace_manifest(dir, &manifest)?;
    let name = inherited.into_iter().find(|inherited| {
        workspace.iter().any(|entry| {
            matches!(entry.path.as_slice(), [workspace, dependencies, name, package]
                if workspace == "workspace"
                    && dependencies == "dependencies"
                    && name == *inherited
                    && package == "package"
                    && entry.value == PACKAGE)
        })
    })?;
    Some(name.replace('-', "_"))
}

/// `dependencies.x.y`, `dev-dependencies.x.y`, `target.'cfg(..)'.dependencies.x.y`.
fn in_dependencies(entry: &Entry) -> bool {
    let table = match entry.path.as_slice() {
        [target, _, table, _, ..] if target == "target" => table,
        [table, _, ..] => table,
        _ => return false,
    };
    matches!(table.as_str(), "dependencies" | "dev-dependencies" | "build-dependencies")
}

/// The manifest of the workspace that the package in `dir` belongs to.
fn workspace_manifest(dir: &FilePath, package: &[Entry]) -> Option<Vec<Entry>> {
    let is_root = |entries: &[Entry]| {
        entries.iter().any(|entry| entry.path.first().is_some_and(|first| first == "workspace"))
    };
    if is_root(package) {
        return Some(package.to_vec());
    }
    let said = package.iter().find(|entry| entry.path == ["package", "workspace"]);
    let candidates: Vec<PathBuf> = match said {
        Some(entry) => vec![dir.join(&entry.value)],
        None => dir.ancestors().skip(1).map(FilePath::to_owned).collect(),
    };
    candidates
        .into_iter()
        .filter_map(|dir| std::fs::read_to_string(dir.join("Cargo.toml")).ok())
        .map(|text| toml::entries(&text))
        .find(|entries| is_root(entries))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::rename;

    /// A directory of manifests, gone when dropped.
    struct Tree(PathBuf);

    impl Tree {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let root =
                std::env::temp_dir().join(format!("pool-macros-{name}-{}", std::process::id()));
            for (dir, manifest) in files {
                let dir = root.join(dir);
                fs::create_dir_all(&dir).expect("a temporary directory");
                fs::write(dir.join("Cargo.toml"), manifest).expect("a manifest");
            }
            Self(root)
        }
    }

    impl Drop for Tree {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_renamed_dependency_goes_by_its_name() {
        let tree = Tree::new(
            "renamed",
            &[
                (
                    "own",
                    "[package]\nname = \"x\"\n[dependencies]\npar-pool = { package = \"pool-runtime\" }",
                ),
                ("dev", "[target.'cfg(unix)'.dev-dependencies.par]\npackage = \"pool-runtime\"\n"),
                (
                    "plain",
                    "[dependencies]\npool-runtime = \"0.1\"\nother = { package = \"another\" }",
                ),
                ("none", "[dependencies]\nrayon = \"1\""),
                ("broken", "[dependencies\npar = ="),
            ],
        );
        let name = |dir: &str| rename(&tree.0.join(dir));
        assert_eq!(name("own").as_deref(), Some("par_pool"));
        assert_eq!(name("dev").as_deref(), Some("par"));
        assert_eq!(name("plain"), None);
        assert_eq!(name("none"), None);
        assert_eq!(name("broken"), None);
        assert_eq!(name("absent"), None);
    }

    #[test]
    fn a_name_inherited_from_the_workspace_is_found_there() {
        let root = "[workspace]\nmembers = [\"a/b\"]\n[workspace.dependencies]\n\
                    par = { package = \"pool-runtime\", version = \"0.1\" }\nserde = \"1\"";
        let member = "[package]\nname = \"b\"\n[dependencies]\nserde.workspace = true\n\
                      par = { workspace = true, features = [\"tracing\"] }";
        let tree = Tree::new(
            "inherited",
            &[
                ("", root),
                ("a/b", member),
                (
                    "elsewhere",
                    "[package]\nname = \"e\"\nworkspace = \"..\"\n[dependencies]\npar.workspace = true",
                ),
                ("plain", "[dependencies]\npool-runtime.workspace = true"),
            ],
        );
        assert_eq!(rename(&tree.0.join("a/b")).as_deref(), Some("par"));
        assert_eq!(rename(&tree.0.join("elsewhere")).as_deref(), Some("par"));
        assert_eq!(rename(&tree.0.join("plain")), None);
    }
}
