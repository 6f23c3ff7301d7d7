//! Which module may use which: each only those of its own row or of a row above.
//!
//! Cargo keeps the wall between crates; inside a crate nothing but this table does.

use super::finding::Finding;
use super::source::{PathUse, Source};

const RULE: &str = "layers";

/// The modules of one crate, lowest row first.
struct Crate {
    source: &'static str,
    rows: &'static [Row],
    /// Modules whose children may not use each other.
    children_apart: &'static [&'static str],
}

/// Modules of the same height.
struct Row {
    modules: &'static [&'static str],
    /// They may not use each other.
    apart: bool,
}

const fn row(modules: &'static [&'static str]) -> Row {
    Row { modules, apart: false }
}

const fn apart(modules: &'static [&'static str]) -> Row {
    Row { modules, apart: true }
}

const CRATES: &[Crate] = &[
    Crate {
        source: "core/model/src/",
        rows: &[
            row(&["money", "ids", "time", "secret"]),
            row(&["error"]),
            row(&["sale", "identity"]),
            row(&["wire"]),
            row(&["payment"]),
            row(&["provider"]),
            row(&["engine"]),
        ],
        children_apart: &["provider"],
    },
    Crate {
        source: "core/tillkit/src/",
        rows: &[
            apart(&["journal", "transport", "receipt", "report"]),
            row(&["shell"]),
            row(&["credentials"]),
            row(&["errand", "webhook"]),
            row(&["till"]),
            row(&["boundary"]),
        ],
        children_apart: &[],
    },
    Crate {
        source: "cli/src/",
        rows: &[
            row(&["exit", "failure", "stop", "surroundings"]),
            row(&["places", "show"]),
            row(&["book", "console"]),
            row(&["desk"]),
            row(&["follow", "opening"]),
            row(&["progress", "target"]),
            row(&["arguments", "command", "demo"]),
        ],
        children_apart: &[],
    },
];

/// The folder where nothing may speak of how a provider is reached.
const PAYMENT: &str = "core/model/src/payment";
const FOREIGN_TO_PAYMENT: &[&str] = &["http", "transport"];

/// Every use of a module that stands higher than its user.
pub fn check(source: &Source) -> Vec<Finding> {
    let mut findings = imports(source);
    findings.extend(foreign_words(source));
    findings
}

fn imports(source: &Source) -> Vec<Finding> {
    let Some(tree) = CRATES.iter().find(|tree| source.path.starts_with(tree.source)) else {
        return Vec::new();
    };
    let here = module_path(&source.path[tree.source.len()..]);
    if here.is_empty() {
        return Vec::new();
    }
    let uses = source.paths(&["crate", "super"]).into_iter().filter(|path| !path.in_test);
    let judged = uses.filter_map(|path| {
        let fault = tree.judge(&here, &absolute(&here, &path))?;
        Some(Finding::new(source.path, path.line, RULE, fault))
    });
    judged.collect()
}

impl Crate {
    /// What is wrong with `user` using `used`, if anything.
    fn judge(&self, user: &[String], used: &[String]) -> Option<String> {
        let (from, to) = (user.first()?, used.first()?);
        if from == to {
            return self.judge_children(user, used);
        }
        let Some(user_row) = self.row_of(from) else {
            return Some(format!(
                "module `{from}` is in no row: give it one in xtask/src/tidy/layers.rs"
            ));
        };
        let Some(used_row) = self.row_of(to) else {
            return Some(format!(
                "`crate::{to}` is no module of the table, so its layer cannot be seen: name the \
                 module that it comes from, or give it a row in xtask/src/tidy/layers.rs"
            ));
        };
        if used_row > user_row {
            return Some(format!(
                "`{from}` uses `{to}`, which stands above it: move what is shared down, or hand \
                 it over as an argument"
            ));
        }
        (used_row == user_row && self.rows[user_row].apart)
            .then(|| format!("`{from}` uses `{to}` beside it: what both need belongs below both"))
    }

    fn judge_children(&self, user: &[String], used: &[String]) -> Option<String> {
        let (parent, mine, other) = (user.first()?, user.get(1)?, used.get(1)?);
        let kept_apart = self.children_apart.contains(&parent.as_str());
        // A name with a capital is an item of the parent itself.
        let is_module = other.starts_with(char::is_lowercase) && used.len() > 2;
        (kept_apart && is_module && mine != other).then(|| {
            format!(
                "`{parent}::{mine}` uses `{parent}::{other}`: what both need belongs in `{parent}`"
            )
        })
    }

    fn row_of(&self, module: &str) -> Option<usize> {
        self.rows.iter().position(|row| row.modules.contains(&module))
    }
}

/// `payment/decide.rs` is `payment::decide`, `payment/mod.rs` is `payment`, `lib.rs` is the root.
fn module_path(file: &str) -> Vec<String> {
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let mut segments: Vec<String> = stem.split('/').map(str::to_owned).collect();
    if matches!(segments.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        segments.pop();
    }
    segments
}

/// The used path from the root of its crate.
fn absolute(here: &[String], path: &PathUse) -> Vec<String> {
    let ups = path.segments.iter().take_while(|segment| *segment == "super").count();
    if ups == 0 {
        return path.segments.iter().skip(1).cloned().collect();
    }
    let kept = here.len().saturating_sub(ups.saturating_sub(path.inner_modules));
    here[..kept].iter().chain(&path.segments[ups..]).cloned().collect()
}

fn foreign_words(source: &Source) -> Vec<Finding> {
    if !source.path.starts_with(PAYMENT) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (index, token) in source.tokens.iter().enumerate().filter(|(_, token)| !token.in_test) {
        let lower = token.text.to_lowercase();
        let named = FOREIGN_TO_PAYMENT.iter().any(|word| lower.contains(word));
        if named || (lower == "provider" && source.word(index + 1) == "::") {
            let text = format!(
                "`{}` in `payment`, which knows nothing of how a provider is reached: say it in \
                 the words of the lifecycle",
                token.text
            );
            findings.push(Finding::new(source.path, token.line, RULE, text));
        }
    }
    findings
}
