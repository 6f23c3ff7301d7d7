//! The table of stories in the documents is the one that the tests go by.

use std::path::PathBuf;

use tillkit_e2e::stories::{STORIES, document};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn the_table_in_the_documents_is_the_one_in_the_code() {
    let path = root().join("docs/stories.md");
    if std::env::var_os("TILLKIT_BLESS").is_some() {
        std::fs::write(&path, document()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == document(),
        "docs/stories.md is not what the code does: write it with TILLKIT_BLESS=1 cargo test -p \
         tillkit-e2e --test stories"
    );
}

#[test]
fn each_story_names_a_test_that_is_there() {
    for story in STORIES {
        let (file, name) = story.test.split_once('#').unwrap();
        let text = std::fs::read_to_string(root().join("tests/e2e/tests").join(file)).unwrap();
        assert!(text.contains(&format!("#[test]\nfn {name}()")), "{}", story.test);
    }
}
