use serde_json::{Value, json};

use crate::tidy::wall::judge;

/// A tree in which each name needs the next ones, in the manner of `cargo metadata`.
fn metadata(edges: &[(&str, &str, Value)]) -> String {
    let mut names: Vec<&str> = edges.iter().flat_map(|(from, to, _)| [*from, *to]).collect();
    names.sort_unstable();
    names.dedup();
    let packages: Vec<Value> = names.iter().map(|name| json!({"id": name, "name": name})).collect();
    let node = |name: &&str| {
        let below = edges.iter().filter(|(from, _, _)| from == name);
        let deps: Vec<Value> =
            below.map(|(_, to, kind)| json!({"pkg": to, "dep_kinds": [{"kind": kind}]})).collect();
        json!({"id": name, "deps": deps})
    };
    let nodes: Vec<Value> = names.iter().map(node).collect();
    json!({"packages": packages, "resolve": {"nodes": nodes}}).to_string()
}

fn faults(edges: &[(&str, &str, Value)]) -> Vec<String> {
    judge(&metadata(edges)).unwrap().into_iter().map(|finding| finding.text).collect()
}

const MODEL: &str = "tillkit-model";

#[test]
fn pure_crates_pass() {
    let edges = [(MODEL, "sha2", Value::Null), ("sha2", "digest", Value::Null)];
    assert!(faults(&edges).is_empty());
}

#[test]
fn io_is_found_however_deep_it_lies() {
    let deep = [(MODEL, "sha2", Value::Null), ("sha2", "tokio", Value::Null)];
    let found = faults(&deep);
    assert!(
        found.len() == 1 && found[0].contains("`tokio` (through `sha2`) does I/O"),
        "{found:?}"
    );
}

#[test]
fn what_a_build_script_needs_counts_and_what_tests_need_does_not() {
    assert_eq!(faults(&[(MODEL, "mio", json!("build"))]).len(), 1);
    assert!(faults(&[(MODEL, "tempfile", json!("dev"))]).is_empty());
}

#[test]
fn an_unknown_crate_must_be_looked_at() {
    let found = faults(&[(MODEL, "left-pad", Value::Null)]);
    assert!(found[0].contains("not among the crates known to be pure"), "{found:?}");
}

#[test]
fn libc_is_let_in_below_one_crate_only() {
    let harmless = [(MODEL, "cpufeatures", Value::Null), ("cpufeatures", "libc", Value::Null)];
    assert!(faults(&harmless).is_empty());
    assert_eq!(faults(&[(MODEL, "libc", Value::Null)]).len(), 1);
}

#[test]
fn what_others_use_is_their_own_affair() {
    let edges = [("tillkit", "tokio", Value::Null), ("tillkit", MODEL, Value::Null)];
    assert!(faults(&edges).is_empty());
}

#[test]
fn a_tree_without_the_model_is_no_answer() {
    assert!(judge(&metadata(&[("a", "b", Value::Null)])).is_err());
}
