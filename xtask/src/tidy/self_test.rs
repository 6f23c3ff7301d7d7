//! Plants violations in a copy of the tree and expects each to be found.
//!
//! A check that finds nothing looks the same whether it works or not. So each one is first shown
//! the copy as it is, where it must find nothing, and then the copy with the violation.

use super::finding::Finding;
use super::source::Source;
use super::tree::Replica;
use super::{generated, layers, tree, wall};
use crate::process::Workspace;

/// A rule, what to plant for it, and how to ask it.
struct Plant {
    rule: &'static str,
    plants: fn(&Replica) -> Result<(), String>,
    asks: fn(&Workspace, &Workspace) -> Result<Vec<Finding>, String>,
}

const PLANTS: &[Plant] = &[
    Plant {
        rule: "layers",
        plants: |copy| {
            let import = "use crate::engine as planted;\n";
            copy.write("core/model/src/money/planted.rs", import)
        },
        asks: |copy, _| {
            let files = tree::read_folder(copy, "core")?;
            Ok(files.iter().flat_map(|f| layers::check(&Source::read(&f.path, &f.text))).collect())
        },
    },
    Plant {
        rule: "wall",
        plants: |copy| {
            let manifest = "[package]\nname = \"tokio\"\nversion = \"0.0.0\"\nedition = \"2024\"\n";
            // The one folder that the workspace leaves out, so that the planted crate is no member.
            copy.write("fuzz/planted/Cargo.toml", manifest)?;
            copy.write("fuzz/planted/src/lib.rs", "")?;
            let line = "tokio = { path = \"../../fuzz/planted\" }";
            copy.add("core/model/Cargo.toml", Some("[dependencies]"), line)
        },
        asks: |copy, _| wall::check(copy, false),
    },
    Plant {
        rule: "generated",
        plants: |copy| copy.add("docs/lifecycle.md", None, "A state that nobody generates.\n"),
        asks: |copy, original| {
            let target = original.root.join("target");
            generated::check(copy, target.to_str())
        },
    },
];

/// Says of each planted violation whether it was found; whether all were.
pub fn run(workspace: &Workspace) -> Result<bool, String> {
    let mut all_found = true;
    for plant in PLANTS {
        let verdict = try_plant(plant, &Replica::of(workspace)?, workspace)?;
        let found = verdict.is_none();
        println!(
            "self-test: {}: {}",
            plant.rule,
            verdict.unwrap_or("planted and found".to_owned())
        );
        all_found &= found;
    }
    Ok(all_found)
}

/// What is wrong with the rule, if anything.
fn try_plant(
    plant: &Plant,
    copy: &Replica,
    original: &Workspace,
) -> Result<Option<String>, String> {
    let place = copy.workspace();
    if let Some(finding) = (plant.asks)(&place, original)?.first() {
        return Ok(Some(format!("finds something before anything was planted: {finding}")));
    }
    (plant.plants)(copy)?;
    let found = (plant.asks)(&place, original)?.iter().any(|finding| finding.rule == plant.rule);
    Ok((!found).then(|| "planted and NOT found: the rule is blind".to_owned()))
}
