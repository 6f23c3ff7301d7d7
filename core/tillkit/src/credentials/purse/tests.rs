//! Which pair counts, whatever order they come in.

use tillkit_model::time::{BootId, Moment};

use super::*;

fn pair(number: u64, asked_at_ms: i64) -> Kept {
    Kept {
        access: Secret::new(&format!("access-{number}")),
        asked_at: Moment { wall_ms: asked_at_ms, boot_ms: 0, boot: BootId(1) },
        life_ms: 1_000,
        refresh: Some(Secret::new(&format!("refresh-{number}"))),
        refresh_life_ms: None,
        scopes: Vec::new(),
    }
}

fn written(purse: &Purse) -> Purse {
    Purse::from_text(purse.to_text().expose()).unwrap()
}

fn in_use(purse: &Purse) -> Option<&str> {
    purse.newest().map(|pair| pair.access.expose())
}

#[test]
fn a_pair_that_is_brought_again_as_new_is_older_than_what_it_was_renewed_into() {
    let mut purse = Purse::default();
    purse.bring(pair(0, 1_000));
    for number in 1..=9 {
        purse.put(pair(number, 1_000 + i64::try_from(number).unwrap()));
        purse.bring(pair(0, 900_000));
        purse = written(&purse);
        assert_eq!(in_use(&purse), Some(&*format!("access-{number}")));
    }
    assert_eq!(purse.pairs.len(), PAIRS_MAX, "and none of the others made room for it");
}

#[test]
fn a_pair_that_is_stored_is_not_made_younger() {
    let mut purse = Purse::default();
    purse.bring(pair(0, 1_000));
    purse.bring(pair(0, 900_000));
    assert_eq!(purse.newest(), Some(&pair(0, 1_000)));
    purse.put(pair(1, 2_000));
    purse.bring(pair(1, 900_000));
    assert_eq!(purse.newest(), Some(&pair(1, 2_000)), "a host that reads the journal's own pair");
}

#[test]
fn another_pair_that_is_brought_counts_by_its_time() {
    let mut purse = Purse::default();
    purse.bring(pair(0, 1_000));
    purse.put(pair(1, 2_000));
    purse.bring(pair(7, 3_000));
    assert_eq!(in_use(&purse), Some("access-7"), "the merchant gave consent elsewhere");
    purse.bring(pair(8, 2_500));
    assert_eq!(in_use(&purse), Some("access-7"));
}

#[test]
fn what_is_brought_is_tried_again_where_nothing_is_left() {
    let mut purse = Purse::default();
    purse.bring(pair(0, 1_000));
    purse.discard(&Secret::new("access-0"));
    purse.bring(pair(0, 2_000));
    assert_eq!(in_use(&purse), Some("access-0"));
}

#[test]
fn only_so_many_are_remembered() {
    let mut purse = Purse::default();
    for number in 0..40 {
        purse.bring(pair(number, 1_000));
    }
    assert_eq!(purse.brought.len(), BROUGHT_MAX);
    assert!(!purse.to_text().expose().contains("refresh-20"), "not even those that are gone");
}
