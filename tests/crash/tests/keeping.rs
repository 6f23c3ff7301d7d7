//! A process dies while a person acknowledges, prunes or copies a journal: it opens afterwards,
//! what was begun can be done again, and the shop sells on.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tillkit::journal::{Journal, Opened, Options};
use tillkit::shell::entropy::OsEntropy;
use tillkit_crash::halt::{Halt, How};
use tillkit_crash::shop::verdict::Verdict;
use tillkit_crash::shop::{Shop, workload};
use tillkit_crash::word::{Keep, Manner, Order, Report};
use tillkit_model::engine::opening::Opening;

/// The steps of each act; it has happened once the second of them is passed.
const STEPS: [&str; 4] = ["before", "written", "committed", "after"];

#[test]
fn whoever_dies_acknowledging_leaves_a_journal_that_is_restored_or_sells() {
    for (step, done) in STEPS.into_iter().zip([false, false, true, true]) {
        let mut shop = after_a_sale();
        let mark = shop.journal().with_extension("db.mark");
        std::fs::remove_file(mark).unwrap();
        dies(&mut shop, Keep::Acknowledge, step);
        let kept = shop.keep(Keep::Acknowledge, None);
        assert_eq!(kept, Some(Report::Kept { restored: !done, tombstones: 0 }), "{step}");
        sells_on(&mut shop);
    }
}

#[test]
fn whoever_dies_pruning_leaves_every_payment_or_its_tombstone() {
    for step in STEPS {
        let mut shop = after_a_sale();
        dies(&mut shop, Keep::Prune, step);
        let kept = shop.keep(Keep::Prune, None);
        assert_eq!(kept, Some(Report::Kept { restored: false, tombstones: 1 }), "{step}");
        sells_on(&mut shop);
    }
}

#[test]
fn whoever_dies_copying_leaves_no_copy_or_a_whole_one() {
    for (step, done) in STEPS.into_iter().zip([false, false, false, true]) {
        let mut shop = after_a_sale();
        let to = shop.journal().with_file_name("copy.db");
        dies(&mut shop, Keep::Copy(to.clone()), step);
        assert_eq!(to.exists(), done, "{step}");
        if !done {
            let kept = shop.keep(Keep::Copy(to.clone()), None);
            assert_eq!(kept, Some(Report::Kept { restored: false, tombstones: 0 }), "{step}");
        }
        let options = Options::new(Arc::clone(&shop.clock) as _);
        let Opened { journal, opening } =
            Journal::open(&to, &options, &mut OsEntropy::new().unwrap()).unwrap();
        assert!(matches!(opening, Opening::Restored(_)), "{step}: {opening:?}");
        assert_eq!(journal.check().unwrap().faults, [], "{step}");
        sells_on(&mut shop);
    }
}

/// A shop that has sold a coffee and is closed.
fn after_a_sale() -> Shop {
    let till = Path::new(env!("CARGO_BIN_EXE_crash-till"));
    let lanes = vec![vec![workload::job("coffee", 1, Manner::Once)]];
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut shop = Shop::open(till, folder, lanes, BTreeMap::new());
    works(&mut shop);
    shop
}

fn works(shop: &mut Shop) {
    let till = shop.start(None).unwrap();
    let work = shop.work();
    shop.tell(till, &work);
    assert!(shop.hears(till, &Report::Done), "{}", shop.story());
    shop.tell(till, &Order::Close);
    assert!(!shop.was_killed(till), "{}", shop.story());
}

fn dies(shop: &mut Shop, keep: Keep, step: &str) {
    let halt = Halt { step: format!("{} {step}", keep.name()), how: How::Dies };
    assert_eq!(shop.keep(keep, Some(halt)), None, "{step} was never reached");
    let last = shop.last();
    assert!(shop.was_killed(last), "{}", shop.story());
}

/// The coffee is not rung up again, and a tea is.
fn sells_on(shop: &mut Shop) {
    shop.lanes.push(vec![workload::job("tea", 2, Manner::Once)]);
    works(shop);
    let verdict = Verdict::of(shop);
    assert!(verdict.is_clean(), "{}", verdict.complaints.join("\n"));
    assert_eq!((verdict.identities, verdict.paid), (2, 2));
}
