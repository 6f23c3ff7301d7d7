//! One version for every crate.

use super::finding::Finding;

/// A package of the workspace takes its version from there.
pub fn check(path: &str, text: &str) -> Vec<Finding> {
    let is_manifest = path == "Cargo.toml" || path.ends_with("/Cargo.toml");
    let section = |name: &str| text.lines().position(|line| line.trim() == name);
    let (true, Some(package), None) = (is_manifest, section("[package]"), section("[workspace]"))
    else {
        return Vec::new();
    };
    let inherits = |line: &str| {
        let bare: String = line.split_whitespace().collect();
        bare == "version.workspace=true" || bare == "version={workspace=true}"
    };
    let body = text.lines().skip(package + 1).take_while(|line| !line.starts_with('['));
    if body.into_iter().any(inherits) {
        return Vec::new();
    }
    let text = "a version of its own: say `version.workspace = true`";
    vec![Finding::new(path, package + 1, "one-version", text)]
}
