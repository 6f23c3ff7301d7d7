//! What a failure ends with.

use tillkit::till::Error;
use tillkit_model::error::{Charged, Code};

use super::Failure;
use crate::exit;

#[test]
fn a_broken_journal_leaves_it_unknown_whether_money_moved() {
    let broke = Failure::of_money(Error::new(Code::JournalFailed));
    assert_eq!(broke.exit(), exit::UNKNOWN);
    assert!(broke.sentence().contains("before charging again"), "{}", broke.sentence());
    assert_eq!(broke.json()["error"]["code"], "journal-failed");
    // Before anything was sent that is known, and so it is for whoever only looks.
    let refused = Failure::of_money(Error::new(Code::JournalRestored).charged(Charged::No));
    assert_eq!(refused.exit(), exit::FAILED);
    assert_eq!(Failure::from(Error::new(Code::JournalFailed)).exit(), exit::FAILED);
}

#[test]
fn a_sale_that_broke_off_is_not_known() {
    assert_eq!(Failure::said("lost", "it is gone").adrift().exit(), exit::UNKNOWN);
}
