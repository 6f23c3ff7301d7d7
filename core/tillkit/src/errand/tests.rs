//! What errands may use of a budget; errands themselves are tested at the till's face.

use std::collections::BTreeMap;

use tillkit_model::engine::port::Purse;
use tillkit_model::provider::{Budget, Counted, Settings, registry};
use tillkit_model::time::{BootId, Moment};

use super::allowance::Allowance;
use super::{Allowances, share};

fn at(boot_ms: u64) -> Moment {
    Moment { wall_ms: 0, boot_ms, boot: BootId(1) }
}

#[test]
fn errands_have_a_small_part_of_a_budget_and_payments_the_rest() {
    let of = |per_minute| {
        let (errands, rest) =
            share(Budget { per_minute, reserve: 3, counted: Counted::ByCredentials });
        (errands, rest.per_minute, rest.reserve)
    };
    assert_eq!(of(200), (20, 180, 3));
    assert_eq!(of(60), (6, 54, 3));
    assert_eq!(of(5), (1, 4, 3));
    assert_eq!(of(1), (1, 1, 3), "payments always have one");
}

#[test]
fn an_errand_too_many_is_told_when_to_come_back() {
    let mut allowance = Allowance::of(Some(2));
    assert_eq!(allowance.take(&at(0)), Ok(()));
    assert_eq!(allowance.take(&at(10_000)), Ok(()));
    assert_eq!(allowance.take(&at(20_000)), Err(40_000));
    assert_eq!(allowance.take(&at(60_000)), Ok(()));
    assert_eq!(allowance.take(&at(60_001)), Err(9_999));
    let mut unlimited = Allowance::of(None);
    assert!((0..1_000).all(|_| unlimited.take(&at(0)).is_ok()));
}

#[test]
fn accounts_of_one_purse_have_one_allowance_however_many_there_are() {
    let (all, key) = (Allowances::default(), Purse::of(["key-1"]));
    let ran = |purse: Option<Purse>, per_minute| {
        let of = all.of(purse, per_minute);
        (0..10).filter(|_| of.lock().unwrap().take(&at(0)).is_ok()).count()
    };
    let accounts = [(); 3].map(|()| ran(Some(key), Some(9)));
    assert_eq!(accounts, [9, 0, 0], "connecting once more forgets nothing either");
    assert_eq!(ran(Some(Purse::of(["key-2"])), Some(9)), 9);
    assert_eq!([(); 2].map(|()| ran(None, Some(9))), [9, 9], "without a purse each has its own");
    let narrow = Purse::of(["key-3"]);
    let _wide = all.of(Some(narrow), Some(9));
    assert_eq!(ran(Some(narrow), Some(4)), 4, "the smaller number holds");
}

/// Qonto counts 1,000 requests in ten seconds and 10,000 in ten minutes; Centrapay 200 in a minute.
/// Those of payments may have been saved up for a minute, those of errands may all come at once.
#[test]
fn what_was_saved_up_and_what_comes_in_stay_below_the_providers_numbers() {
    let most = |name: &str, seconds: u32| {
        let row = registry().iter().find(|row| row.name == name).unwrap();
        let (errands, rest) = share((row.set_up)(&settings(name)).unwrap().budget.unwrap());
        let minutes = seconds.div_ceil(60);
        rest.per_minute + rest.per_minute * seconds / 60 + errands * minutes
    };
    assert!(most("qonto", 10) < 950, "{}", most("qonto", 10));
    assert!(most("qonto", 600) < 9_500, "{}", most("qonto", 600));
    assert!(most("centrapay", 60) < 200, "{}", most("centrapay", 60));
}

fn settings(provider: &str) -> Settings {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/providers");
    let text = std::fs::read_to_string(format!("{vectors}/{provider}/settings.json")).unwrap();
    let modes: BTreeMap<String, Settings> = serde_json::from_str(&text).unwrap();
    modes.into_values().next().unwrap()
}

#[test]
fn what_nobody_waits_for_leaves_half_to_whoever_does() {
    let mut allowance = Allowance::of(Some(4));
    assert_eq!(allowance.take_behind(&at(0)), Ok(()));
    assert_eq!(allowance.take_behind(&at(10_000)), Ok(()));
    assert_eq!(allowance.take_behind(&at(20_000)), Err(40_000), "its half is used up");
    assert_eq!(allowance.take(&at(20_000)), Ok(()));
    assert_eq!(allowance.take(&at(20_000)), Ok(()));
    assert_eq!(allowance.take(&at(20_000)), Err(40_000));
    assert_eq!(allowance.take_behind(&at(60_000)), Err(20_000), "three others ran meanwhile");
    assert_eq!(allowance.take(&at(60_000)), Ok(()));
    let mut alone = Allowance::of(Some(1));
    assert_eq!(alone.take_behind(&at(0)), Ok(()), "even of one");
    assert_eq!(alone.take_behind(&at(1)), Err(59_999));
}
