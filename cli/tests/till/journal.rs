//! Looking after the journal: checks, copies, restored ones, pruning.

use crate::shop::Shop;

#[test]
fn a_copy_sells_nothing_until_it_was_acknowledged() {
    let shop = Shop::at("centrapay");
    shop.run(&["pay", "13.30", "NZD", "order-1"]).ended(0);
    let copy = shop.file("copy.db").display().to_string();
    shop.run(&["journal", "copy", &copy]).ended(0);
    assert_eq!(shop.run(&["journal", "copy", &copy]).exit, 1, "nothing is overwritten");

    std::fs::remove_file(shop.file("till.db")).unwrap();
    for beside in ["till.db-wal", "till.db-shm"] {
        std::fs::remove_file(shop.file(beside)).ok();
    }
    let missing = shop.json(&["list"]).ended(1).json();
    assert_eq!(missing["error"]["code"], "journal-missing");

    std::fs::rename(shop.file("copy.db"), shop.file("till.db")).unwrap();
    assert_eq!(shop.json(&["journal", "check"]).ended(0).json()["check"]["restored"], true);
    let refused = shop.json(&["pay", "1.00", "NZD", "order-2"]).ended(1).json();
    assert_eq!(refused["error"]["code"], "journal-restored");
    assert_eq!(shop.run(&["show", "order-1"]).exit, 0, "it reads");
    let doctor = shop.run(&["doctor"]);
    assert!(doctor.ended(1).out.contains("till journal acknowledge"), "{doctor:?}");

    let reason = ["journal", "acknowledge", "--reason", "the disk was replaced"];
    assert_eq!(shop.json(&reason).ended(0).json()["acknowledged"], true);
    assert_eq!(shop.json(&reason).ended(0).json()["acknowledged"], false);
    shop.run(&["pay", "1.00", "NZD", "order-2"]).ended(0);
}

#[test]
fn a_journal_is_made_once() {
    let shop = Shop::empty();
    shop.run(&["journal", "create"]).ended(0);
    let again = shop.json(&["journal", "create"]).ended(1).json();
    assert_eq!(again["error"]["code"], "journal-there");
    assert_eq!(shop.json(&["list"]).ended(0).json()["payments"], serde_json::json!([]));
}

#[test]
fn a_damaged_journal_is_told_and_not_repaired() {
    let shop = Shop::at("centrapay");
    shop.run(&["pay", "13.30", "NZD", "order-1"]).ended(0);
    let sound = shop.json(&["journal", "check"]).ended(0).json();
    assert_eq!(sound["check"]["faults"], serde_json::json!([]));
    std::fs::write(shop.file("till.db"), b"this is no journal").unwrap();
    for beside in ["till.db-wal", "till.db-shm"] {
        std::fs::remove_file(shop.file(beside)).ok();
    }
    let damaged = shop.json(&["journal", "check"]).ended(1).json();
    assert_eq!(damaged["error"]["code"], "journal-corrupt", "{damaged}");
    assert_eq!(shop.run(&["list"]).exit, 1);
}

#[test]
fn young_payments_are_not_pruned() {
    let shop = Shop::at("centrapay");
    shop.run(&["pay", "13.30", "NZD", "order-1"]).ended(0);
    assert_eq!(shop.run(&["journal", "prune", "--older-than", "1"]).exit, 2, "30 days at least");
    let pruned = shop.json(&["journal", "prune", "--older-than", "30"]).ended(0).json();
    assert_eq!(pruned["pruned"], 0);
}
