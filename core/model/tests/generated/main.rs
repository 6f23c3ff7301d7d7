//! The documents that the model writes are the ones it would write now.

mod certification;

use std::path::PathBuf;

use tillkit_model::payment::lifecycle;
use tillkit_model::provider::capabilities_markdown;

#[test]
fn the_lifecycle_in_the_documents_is_the_one_in_the_code() {
    let now = lifecycle::document();
    assert!(now.is_ok(), "every representative can happen: {now:?}");
    is_committed("lifecycle.md", &now.unwrap_or_default());
}

#[test]
fn the_capabilities_in_the_documents_are_the_ones_in_the_registry() {
    is_committed("capabilities.md", &capabilities_markdown());
}

/// Where the whole tree begins.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn is_committed(file: &str, now: &str) {
    let path = root().join("docs").join(file);
    if std::env::var_os("TILLKIT_BLESS").is_some() {
        let written = std::fs::write(&path, now);
        assert!(written.is_ok(), "docs/{file} can be written: {written:?}");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = committed.lines().zip(now.lines()).find(|(one, other)| one != other);
    assert!(
        committed == now,
        "docs/{file} is not what the code does (committed, now): {differs:?}; look at it, then \
         write it with TILLKIT_BLESS=1 cargo test -p tillkit-model --test generated"
    );
}
