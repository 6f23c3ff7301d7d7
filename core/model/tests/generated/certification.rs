//! What the providers' guides demand, each demand with the tests that show how it is met.

use std::path::PathBuf;

use serde::Deserialize;
use tillkit_model::provider::registry;

use crate::{is_committed, root};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Demand {
    provider: String,
    level: Level,
    source: String,
    rule: String,
    standing: Standing,
    /// The story over real sockets whose exchange with the server is looked at.
    #[serde(default)]
    scenario: Option<String>,
    /// Why there is none.
    #[serde(default)]
    unseen: Option<String>,
    tests: Vec<String>,
    #[serde(default)]
    why: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Level {
    Must,
    Should,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Standing {
    /// We do so.
    Held,
    /// We do otherwise, on purpose.
    Otherwise,
    /// Only who uses Tillkit can do so.
    Host,
}

#[test]
fn the_certification_is_generated_from_its_data() {
    let demands = demands();
    let sections: String = registry().iter().map(|row| section(row.name, &demands)).collect();
    is_committed("certification.md", &format!("{PREAMBLE}{sections}"));
}

#[test]
fn each_demand_names_tests_that_are_there_or_says_why_not() {
    let demands = demands();
    for Demand { provider, rule, standing, tests, why, source, .. } in &demands {
        assert!(registry().iter().any(|row| row.name == provider), "no provider {provider}");
        assert!(!rule.is_empty() && !source.is_empty(), "{provider}: a demand says what and where");
        let shown = !tests.is_empty() || *standing == Standing::Host;
        assert!(shown, "{provider}: no test shows: {rule}");
        assert!(why.is_some() || *standing == Standing::Held, "{provider}: why not: {rule}");
        for test in tests {
            assert!(is_there(test), "{provider}: there is no test {test}");
        }
    }
    for row in registry() {
        let any = demands.iter().any(|demand| demand.provider == row.name);
        assert!(any, "docs/certification.json holds no demand of {}'s guides", row.name);
    }
}

/// A story that tells of a server stands where only such stories do, and looks at what was asked
/// or at what was delivered.
#[test]
fn each_demand_is_shown_over_real_sockets_or_says_why_it_cannot_be() {
    for Demand { provider, rule, scenario, unseen, .. } in &demands() {
        let told = scenario.is_some() != unseen.is_some();
        assert!(told, "{provider}: either a scenario or why there is none: {rule}");
        let Some(scenario) = scenario else { continue };
        assert!(scenario.starts_with(STORIES), "{provider}: {scenario} meets no server");
        assert!(is_there(scenario), "{provider}: there is no test {scenario}");
    }
}

/// Every test below it runs against the simulator's server, over real sockets.
const STORIES: &str = "tests/e2e/tests/";

fn demands() -> Vec<Demand> {
    let text = std::fs::read_to_string(file("docs/certification.json")).unwrap_or_default();
    let demands = serde_json::from_str(&text);
    assert!(demands.is_ok(), "docs/certification.json: {:?}", demands.err());
    demands.unwrap_or_default()
}

fn file(path: &str) -> PathBuf {
    root().join(path)
}

/// `path#name`: a function of that name, marked as a test, in that file.
fn is_there(test: &str) -> bool {
    let Some((path, name)) = test.split_once('#') else { return false };
    let text = std::fs::read_to_string(file(path)).unwrap_or_default();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let begins = |line: &str| line.contains(&format!("fn {name}("));
    lines.iter().position(|line| begins(line)).is_some_and(|at| {
        let before = lines.iter().take(at).rev().take(3);
        before.into_iter().any(|line| line.starts_with("#[") && line.contains("test"))
    })
}

const PREAMBLE: &str = "# Certification

Generated from `docs/certification.json`: what the providers' guides demand of an integration, and the
tests that show it. *At the server* is the story over real sockets whose exchange with the simulated
provider is asserted, or the reason why there is none. A test checks that each of these tests is there. *Otherwise* marks what we do in
another way on purpose, and why; *the host's* is what only the program that uses Tillkit can do.
";

fn section(provider: &str, demands: &[Demand]) -> String {
    let rows: String =
        demands.iter().filter(|demand| demand.provider == provider).map(row).collect();
    format!(
        "\n## {provider}\n\n| level | demand | where | standing | at the server | shown by |\n\
         | --- | --- | --- | --- | --- | --- |\n{rows}"
    )
}

fn row(demand: &Demand) -> String {
    let Demand { level, source, rule, standing, scenario, unseen, tests, why, .. } = demand;
    let level = match level {
        Level::Must => "MUST",
        Level::Should => "SHOULD",
    };
    let standing = match standing {
        Standing::Held => "held",
        Standing::Otherwise => "**otherwise**",
        Standing::Host => "the host's",
    };
    let why = why.as_ref().map(|why| format!(". {why}")).unwrap_or_default();
    let seen = scenario.as_ref().map(|test| link(test)).or_else(|| unseen.clone());
    let seen = seen.unwrap_or_default();
    let links: Vec<String> = tests.iter().map(|test| link(test)).collect();
    let links = links.join("<br>");
    format!("| {level} | {rule} | {source} | {standing}{why} | {seen} | {links} |\n")
}

fn link(test: &str) -> String {
    let (path, name) = test.split_once('#').unwrap_or((test, ""));
    format!("[{}](../{path})", name.replace('_', " "))
}
