use crate::tidy::markdown::{Paths, dead_paths, decision_numbers};

const TREE: &[&str] = &["README.md", "core/model/src/lib.rs", "docs/guide.md"];

fn dead(path: &str, text: &str) -> Vec<usize> {
    let tree = Paths::of(TREE.iter().copied());
    dead_paths(path, text, &tree).iter().map(|finding| finding.line).collect()
}

#[test]
fn what_exists_may_be_named_from_the_root_and_from_the_document() {
    let text = "`core/model/` `core/model/src/lib.rs` `README.md`";
    assert!(dead("README.md", text).is_empty());
    assert!(dead("README.md", "a `lib.rs` of any folder").is_empty());
    assert!(dead("docs/guide.md", "`guide.md` [up](../README.md#top)").is_empty());
}

#[test]
fn what_does_not_exist_is_found() {
    assert_eq!(dead("README.md", "a\n`core/gone/` and\n`core/model/gone`"), [2, 3]);
    assert_eq!(dead("README.md", "`gone.md`"), [1]);
    assert_eq!(dead("README.md", "[a](docs/gone.md) [b](docs/guide.md)"), [1]);
}

#[test]
fn what_is_no_path_is_left_alone() {
    let text = "`application/json` `/v2/terminals/{id}` `crate::money` `a b/` `--seeds` \
                [x](https://example.org/gone.md) [y](#here) [z](mailto:a@example.org)";
    assert!(dead("README.md", text).is_empty());
    assert!(dead("README.md", "```\n`core/gone/`\n```").is_empty());
    assert!(dead("README.md", "`target/mutants/`").is_empty());
    assert!(dead("core/model/src/lib.rs", "`core/gone/`").is_empty());
}

#[test]
fn decisions_are_numbered_without_holes() {
    let good = ["docs/decisions/0001-a.md", "docs/decisions/0002-b.md", "docs/other.md"];
    assert!(decision_numbers(good).is_empty());
    let hole = ["docs/decisions/0001-a.md", "docs/decisions/0003-b.md"];
    assert_eq!(decision_numbers(hole).len(), 1);
    let twice = ["docs/decisions/0001-a.md", "docs/decisions/0001-b.md"];
    assert_eq!(decision_numbers(twice).len(), 1);
    assert_eq!(decision_numbers(["docs/decisions/notes.md"]).len(), 1);
}
