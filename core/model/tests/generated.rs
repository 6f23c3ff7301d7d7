//! The documents that the model writes are the ones it would write now.

use std::path::Path;

use tillkit_model::payment::lifecycle;
use tillkit_model::provider::capabilities_markdown;

#[test]
fn the_lifecycle_in_the_documents_is_the_one_in_the_code() {
    is_committed("lifecycle.md", &lifecycle::document().expect("every representative can happen"));
}

#[test]
fn the_capabilities_in_the_documents_are_the_ones_in_the_registry() {
    is_committed("capabilities.md", &capabilities_markdown());
}

fn is_committed(file: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(file);
    if std::env::var_os("TILLKIT_BLESS").is_some() {
        std::fs::write(&path, now).expect("docs can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = committed.lines().zip(now.lines()).find(|(one, other)| one != other);
    assert!(
        committed == now,
        "docs/{file} is not what the code does (committed, now): {differs:?}; look at it, then \
         write it with TILLKIT_BLESS=1 cargo test -p tillkit-model --test generated"
    );
}
