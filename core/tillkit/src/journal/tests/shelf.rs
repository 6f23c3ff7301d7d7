//! The shelf: what every journal keeps beside payments, in the file and in memory alike.

use tillkit_model::engine::conformance::append;
use tillkit_model::engine::conformance::samples::{self, moment};
use tillkit_model::ids::{ChargeId, PaymentId, ProcessId};
use tillkit_model::payment::sighting::{Ours, Sighting, Standing};
use tillkit_model::provider::Hint;
use tillkit_model::time::{BootId, DAY_MS, Moment};

use super::desk::Desk;
use crate::journal::Claim;
use crate::shell::Ledger;
use crate::shell::testing::MemoryJournal;

/// Runs a test on both.
fn on_each(test: impl Fn(&mut dyn Ledger)) {
    test(&mut MemoryJournal::new());
    test(&mut Desk::new().created());
}

fn hint(payment: Option<PaymentId>, charge: &str) -> Hint {
    let sighting =
        Sighting::bare(ChargeId::parse(charge).unwrap(), Ours::Unsaid, Standing::Pending);
    Hint { payment, sighting }
}

#[test]
fn credentials_are_changed_by_whoever_saw_the_last_ones() {
    on_each(|journal| {
        let shelf = journal.shelf();
        assert_eq!(shelf.sealed("shop-1").unwrap(), None);
        assert!(shelf.seal("shop-1", 0, b"one").unwrap());
        assert!(!shelf.seal("shop-1", 0, b"late").unwrap(), "somebody was first");
        let known = shelf.sealed("shop-1").unwrap().unwrap();
        assert_eq!(known.bytes, b"one");
        assert!(shelf.seal("shop-1", known.version, b"two").unwrap());
        assert_eq!(shelf.sealed("shop-1").unwrap().unwrap().bytes, b"two");
        assert_eq!(shelf.sealed("shop-2").unwrap(), None);
    });
}

#[test]
fn a_claim_keeps_others_away_until_it_ends_or_lapses() {
    on_each(|journal| {
        let shelf = journal.shelf();
        let of = |process: u8| Claim {
            work: "tokens".to_owned(),
            claimant: ProcessId::from_bytes([process; 16]),
            life_ms: 1_000,
        };
        assert!(shelf.claim(&of(1), &moment(0)).unwrap());
        assert!(!shelf.claim(&of(2), &moment(999)).unwrap());
        shelf.unclaim(&of(2)).unwrap();
        assert!(!shelf.claim(&of(2), &moment(999)).unwrap(), "it is not its to end");
        assert!(shelf.claim(&of(2), &moment(1_000)).unwrap());
        shelf.unclaim(&of(2)).unwrap();
        assert!(shelf.claim(&of(1), &moment(1_001)).unwrap());
        let wall_jumped = Moment { wall_ms: i64::MAX, ..moment(1_002) };
        assert!(!shelf.claim(&of(2), &wall_jumped).unwrap(), "a wait goes by the steady clock");
        let rebooted = Moment { boot: BootId(77), boot_ms: 1_000, ..moment(5_000) };
        assert!(shelf.claim(&of(2), &rebooted).unwrap());
    });
}

#[test]
fn a_notice_is_known_for_two_weeks_at_its_account() {
    on_each(|journal| {
        let shelf = journal.shelf();
        assert!(!shelf.knows_notice("shop-1", "n-1").unwrap());
        shelf.keep_notice("shop-1", "n-1", &moment(0)).unwrap();
        shelf.keep_notice("shop-1", "n-1", &moment(1)).unwrap();
        assert!(shelf.knows_notice("shop-1", "n-1").unwrap());
        assert!(!shelf.knows_notice("shop-2", "n-1").unwrap());
        shelf.keep_notice("shop-1", "n-2", &moment(15 * DAY_MS)).unwrap();
        assert!(!shelf.knows_notice("shop-1", "n-1").unwrap());
    });
}

#[test]
fn a_hint_waits_for_its_payment_by_either_name() {
    on_each(|journal| {
        let driver = journal.lease(ProcessId::from_bytes([1; 16]), &moment(0)).unwrap();
        let start = samples::started(1, driver);
        let ours = start.payment;
        let unknown = PaymentId::from_bytes([9; 16]);
        let shelf = journal.shelf();
        assert_eq!(shelf.newest_hint_wall_ms("shop-1").unwrap(), None);
        for (hint, at) in [(hint(Some(ours), "c-1"), 1), (hint(Some(unknown), "c-2"), 2)] {
            shelf.keep_hint("shop-1", &hint, &moment(at)).unwrap();
            shelf.keep_hint("shop-1", &hint, &moment(at)).unwrap();
            shelf.keep_hint("shop-2", &hint, &moment(at)).unwrap();
        }
        assert_eq!(shelf.matched_hints("shop-1").unwrap(), []);
        assert_eq!(shelf.newest_hint_wall_ms("shop-1").unwrap(), Some(moment(2).wall_ms));

        append(journal, start).unwrap();
        let shelf = journal.shelf();
        let matched = shelf.matched_hints("shop-1").unwrap();
        assert_eq!(matched.len(), 1, "{matched:?}");
        assert_eq!(matched[0].hint, hint(Some(ours), "c-1"));
        assert_eq!(shelf.matched_hints("shop-2").unwrap(), [], "another account's payment");
        shelf.forget_hint(matched[0].number).unwrap();
        assert_eq!(shelf.matched_hints("shop-1").unwrap(), []);
    });
}

#[test]
fn hints_are_kept_for_two_weeks() {
    on_each(|journal| {
        let shelf = journal.shelf();
        shelf.keep_hint("shop-1", &hint(None, "c-1"), &moment(0)).unwrap();
        shelf.keep_hint("shop-2", &hint(None, "c-2"), &moment(15 * DAY_MS)).unwrap();
        assert_eq!(shelf.newest_hint_wall_ms("shop-1").unwrap(), None);
    });
}
