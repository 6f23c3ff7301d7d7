//! The wall between deciding and acting: nothing in the model's dependency tree can do I/O.
//!
//! Every crate below the model must be on a list of crates known to be pure, so that a new one is
//! looked at before it is let in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::finding::Finding;
use crate::process::{Workspace, collect};

const RULE: &str = "wall";
const MODEL: &str = "tillkit-model";
const MANIFEST: &str = "core/model/Cargo.toml";

/// Known to compute and nothing else. What runs only inside the compiler is here too.
const PURE: &[&str] = &[
    "autocfg",
    "base16ct",
    "base64",
    "block-buffer",
    "cfg-if",
    "cmov",
    "const-oid",
    "cpubits",
    "cpufeatures",
    "crypto-bigint",
    "crypto-common",
    "ctutils",
    "der",
    "digest",
    "ecdsa",
    "elliptic-curve",
    "ff",
    "group",
    "hex",
    "hmac",
    "hybrid-array",
    "itoa",
    "memchr",
    "num-traits",
    "p256",
    "primefield",
    "primeorder",
    "proc-macro2",
    "quote",
    "rand_core",
    "rfc6979",
    "sec1",
    "serde",
    "serde_core",
    "serde_derive",
    "serde_json",
    "sha1",
    "sha2",
    "signature",
    "subtle",
    "syn",
    "typenum",
    "unicode-ident",
    "wnaf",
    "zeroize",
    "zmij",
];

/// Let in only for one crate that uses it for something harmless.
const PURE_BELOW: &[(&str, &str)] = &[("libc", "cpufeatures")];

/// What a crate that does I/O is usually called, for a plainer word than "not on the list".
const REACHING: &[&str] = &[
    "async-std",
    "curl",
    "futures",
    "getrandom",
    "h2",
    "hyper",
    "hyper-util",
    "libsqlite3-sys",
    "mio",
    "native-tls",
    "openssl",
    "polling",
    "postgres",
    "rand",
    "reqwest",
    "ring",
    "rusqlite",
    "rustix",
    "rustls",
    "smol",
    "socket2",
    "sqlx",
    "tempfile",
    "tokio",
    "tokio-postgres",
    "ureq",
    "wasi",
    "windows-sys",
];

/// Asks cargo for the whole tree and judges what stands below the model.
pub fn check(workspace: &Workspace, locked: bool) -> Result<Vec<Finding>, String> {
    judge(&metadata(workspace, locked)?)
}

/// Offline as long as everything has been downloaded: the answer lies in the lock file.
fn metadata(workspace: &Workspace, locked: bool) -> Result<String, String> {
    let mut arguments = vec!["metadata", "--format-version", "1"];
    if locked {
        arguments.push("--locked");
    }
    let (succeeded, offline, _) = collect(workspace.cargo(&arguments)?.arg("--offline"))?;
    if succeeded {
        return Ok(offline);
    }
    let (succeeded, online, errors) = collect(&mut workspace.cargo(&arguments)?)?;
    if succeeded { Ok(online) } else { Err(format!("`cargo metadata` failed:\n{errors}")) }
}

/// Walks the ordinary and build dependencies below the model, on every platform.
pub fn judge(metadata: &str) -> Result<Vec<Finding>, String> {
    let metadata: Value = serde_json::from_str(metadata).map_err(|error| error.to_string())?;
    let names = names(&metadata);
    let edges = edges(&metadata);
    let model = names.iter().find(|(_, name)| **name == MODEL);
    let (root, _) = model.ok_or("`cargo metadata` knows no tillkit-model")?;
    let mut findings = BTreeMap::new();
    let mut seen = BTreeSet::from([*root]);
    let mut waiting = vec![*root];
    while let Some(parent) = waiting.pop() {
        for child in edges.get(parent).into_iter().flatten() {
            let (user, name) = (names.get(parent).unwrap_or(&""), names.get(child).unwrap_or(&""));
            if let Some(fault) = fault(user, name) {
                findings.insert(*name, Finding::new(MANIFEST, 1, RULE, fault));
            } else if seen.insert(child) {
                waiting.push(child);
            }
        }
    }
    Ok(findings.into_values().collect())
}

fn fault(user: &str, name: &str) -> Option<String> {
    if PURE.contains(&name) || PURE_BELOW.contains(&(name, user)) {
        return None;
    }
    if REACHING.contains(&name) {
        return Some(format!(
            "`{name}` (through `{user}`) does I/O, and the model only decides: use it in `tillkit` \
             and hand the model the data"
        ));
    }
    Some(format!(
        "`{name}` (through `{user}`) is not among the crates known to be pure: read it, then add \
         it to the list in xtask/src/tidy/wall.rs, or do without"
    ))
}

/// Package id to package name.
fn names(metadata: &Value) -> BTreeMap<&str, &str> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    packages
        .filter_map(|package| Some((package["id"].as_str()?, package["name"].as_str()?)))
        .collect()
}

/// Package id to the ids of what it needs to be built and to run.
fn edges(metadata: &Value) -> BTreeMap<&str, Vec<&str>> {
    let nodes = metadata["resolve"]["nodes"].as_array().into_iter().flatten();
    nodes.filter_map(|node| Some((node["id"].as_str()?, needed_by(node)))).collect()
}

fn needed_by(node: &Value) -> Vec<&str> {
    let is_needed = |dependency: &&Value| {
        let mut kinds = dependency["dep_kinds"].as_array().into_iter().flatten();
        kinds.any(|kind| kind["kind"].as_str() != Some("dev"))
    };
    let dependencies = node["deps"].as_array().into_iter().flatten().filter(is_needed);
    dependencies.filter_map(|dependency| dependency["pkg"].as_str()).collect()
}
