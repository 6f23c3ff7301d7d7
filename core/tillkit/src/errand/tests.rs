//! What errands may use of a budget; errands themselves are tested at the till's face.

use std::collections::BTreeMap;

use tillkit_model::engine::port::{Purse, Terms};
use tillkit_model::engine::store::Store;
use tillkit_model::ids::AccountName;
use tillkit_model::provider::{Budget, Counted, Settings, registry};
use tillkit_model::time::{BootId, Moment};

use super::allowance::For;
use super::{Allowance, share};
use crate::shell::testing::MemoryJournal;

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
    let mut errands = Errands::of(2);
    assert_eq!(errands.take(For::Somebody, 0), Ok(()));
    assert_eq!(errands.take(For::Somebody, 10_000), Ok(()));
    assert_eq!(errands.take(For::Somebody, 20_000), Err(10_000));
    assert_eq!(errands.take(For::Somebody, 30_000), Ok(()));
    assert!(Allowance::of(&account("shop-1"), &Terms::default(), None).is_none(), "unlimited");
}

#[test]
fn accounts_of_one_purse_have_one_allowance_apart_from_their_payments() {
    let of = |name: &str, purse| {
        let terms = Terms { purse, ..Terms::default() };
        Allowance::of(&account(name), &terms, Some(9)).unwrap().draw(For::Somebody).purse
    };
    let key = Purse::of(["key-1"]);
    assert_eq!(of("shop-1", Some(key)), of("shop-2", Some(key)));
    assert_ne!(of("shop-1", Some(key)), of("shop-1", Some(Purse::of(["key-2"]))));
    assert_ne!(of("shop-1", None), of("shop-2", None), "without a purse each has its own");
    assert_ne!(of("shop-1", Some(key)), key);
}

/// Qonto counts 1,000 requests in ten seconds and 10,000 in ten minutes; Centrapay 200 in a minute;
/// VINR, by the stricter of its pages, 300 reads. What all processes together send is one minute's
/// tokens and what comes in meanwhile, however many they are: the payments' and the errands' alike.
#[test]
fn what_was_saved_up_and_what_comes_in_stay_below_the_providers_numbers() {
    let most = |name: &str, seconds: u32| {
        let row = registry().iter().find(|row| row.name == name).unwrap();
        let (errands, rest) = share((row.set_up)(&settings(name)).unwrap().budget.unwrap());
        let all = rest.per_minute + errands;
        all + (all * seconds).div_ceil(60)
    };
    assert!(most("qonto", 10) < 950, "{}", most("qonto", 10));
    assert!(most("qonto", 600) < 9_500, "{}", most("qonto", 600));
    assert!(most("centrapay", 60) < 200, "{}", most("centrapay", 60));
    assert!(most("vinr", 60) < 300, "{}", most("vinr", 60));
}

fn settings(provider: &str) -> Settings {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/providers");
    let text = std::fs::read_to_string(format!("{vectors}/{provider}/settings.json")).unwrap();
    let modes: BTreeMap<String, Settings> = serde_json::from_str(&text).unwrap();
    modes.into_values().next().unwrap()
}

#[test]
fn what_nobody_waits_for_leaves_half_to_whoever_does() {
    let mut errands = Errands::of(4);
    assert_eq!(errands.take(For::Nobody, 0), Ok(()));
    assert_eq!(errands.take(For::Nobody, 0), Ok(()));
    assert_eq!(errands.take(For::Nobody, 0), Err(15_000), "its half is used up");
    assert_eq!(errands.take(For::Somebody, 0), Ok(()));
    assert_eq!(errands.take(For::Somebody, 0), Ok(()));
    assert_eq!(errands.take(For::Somebody, 0), Err(15_000));
    assert_eq!(errands.take(For::Somebody, 15_000), Ok(()));
    assert_eq!(errands.take(For::Nobody, 30_000), Err(30_000), "it leaves two");
    let mut alone = Errands::of(1);
    assert_eq!(alone.take(For::Nobody, 0), Ok(()), "even of one");
    assert_eq!(alone.take(For::Nobody, 1), Err(59_999));
}

/// The errands of one account, on a journal of their own.
struct Errands(MemoryJournal, Allowance);

impl Errands {
    fn of(per_minute: u32) -> Self {
        let allowance = Allowance::of(&account("shop-1"), &Terms::default(), Some(per_minute));
        Self(MemoryJournal::new(), allowance.unwrap())
    }

    fn take(&mut self, whom: For, boot_ms: u64) -> Result<(), u64> {
        let drawn = self.0.draw(&self.1.draw(whom), &at(boot_ms)).unwrap();
        if drawn.tokens.count() == 1 { Ok(()) } else { Err(drawn.again_ms) }
    }
}

fn account(name: &str) -> AccountName {
    AccountName::parse(name).unwrap()
}
