use proptest::prelude::*;
use serde::Deserialize;

use super::{account, read, request};
use crate::identity::{fingerprint, first_difference};
use crate::ids::{AccountName, MerchantId, Reference, TerminalId};
use crate::money::{Currency, Money};
use crate::sale::{Account, Capture, Environment, Item, Sale};

#[derive(Deserialize)]
struct Vector {
    name: String,
    fingerprint: String,
    sale: Sale,
}

/// Computed once by a program that shares no code with this one.
fn vectors() -> Vec<Vector> {
    let json = include_str!("../../../../../tests/vectors/identity/fingerprints.json");
    serde_json::from_str(json).unwrap()
}

#[test]
fn fingerprints_never_drift() {
    for Vector { name, fingerprint: stored, sale } in vectors() {
        assert_eq!(*fingerprint(&sale).0, stored, "{name}");
    }
}

#[test]
fn every_vector_but_the_identity_has_a_fingerprint_of_its_own() {
    let mut seen: Vec<String> = vectors().into_iter().map(|vector| vector.fingerprint).collect();
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), count - 1);
}

/// Changes one field of a sale.
type Change = fn(&mut Sale);

/// Each field that is compared, in the order in which it is named.
const ORDER: &[(&str, Change)] = &[
    ("amount", |sale| sale.amount = Money::from_minor(1, sale.amount.currency()).unwrap()),
    ("currency", |sale| {
        sale.amount = Money::from_minor(sale.amount.minor(), Currency::NOK).unwrap();
    }),
    ("terminal", |sale| sale.terminal = None),
    ("capture", |sale| sale.capture = Capture::Manual),
    ("allow_part", |sale| sale.allow_part = true),
    ("metadata", |sale| {
        sale.metadata.insert("table".into(), "12".into());
    }),
    ("items", |sale| {
        sale.items = vec![Item {
            name: "Coffee".into(),
            sku: None,
            quantity: "1".into(),
            amount: sale.amount,
            tax_percent: None,
            discount: None,
        }];
    }),
    ("customer_absent", |sale| sale.customer_absent = true),
    ("account", |sale| sale.account.merchant = MerchantId::parse("org-2").unwrap()),
];

#[test]
fn of_several_differences_the_first_in_order_is_named() {
    let sale = read(&request());
    assert_eq!(first_difference(&sale, &sale), None);
    for (place, (field, _)) in ORDER.iter().enumerate() {
        let mut other = sale.clone();
        ORDER[place..].iter().for_each(|(_, change)| change(&mut other));
        assert_eq!(first_difference(&sale, &other), Some(*field));
        assert_eq!(first_difference(&other, &sale), Some(*field));
    }
}

#[test]
fn reference_attempt_day_and_code_are_no_difference() {
    let sale = read(&request());
    let reference = Reference::parse("other").unwrap();
    let other = Sale { reference, attempt: 2, scanned: true, ..sale.clone() };
    assert_eq!(first_difference(&sale, &other), None);
    assert_eq!(fingerprint(&sale), fingerprint(&other));
}

prop_compose! {
    /// Few values for each field, so that two sales are often alike.
    fn any_sale()(
        minor in 1..3_i64,
        currency in proptest::sample::select(vec![Currency::EUR, Currency::NOK]),
        terminal in proptest::option::of("[ab]{1,2}"),
        manual in any::<bool>(),
        allow_part in any::<bool>(),
        metadata in proptest::collection::btree_map("[ab]{0,2}", "[ab]{0,2}", 0..3),
        name in "[ab]",
        sandbox in any::<bool>(),
    ) -> Sale {
        let environment = if sandbox { Environment::Sandbox } else { Environment::Production };
        let name = AccountName::parse(&name).unwrap();
        let notes = metadata.into_iter();
        Sale {
            account: Account { name, environment, ..account() },
            terminal: terminal.map(|id| TerminalId::parse(&id).unwrap()),
            amount: Money::from_minor(minor, currency).unwrap(),
            capture: if manual { Capture::Manual } else { Capture::Automatic },
            allow_part,
            metadata: notes.map(|(key, value)| (key.into(), value.into())).collect(),
            ..read(&request())
        }
    }
}

proptest! {
    #[test]
    fn fingerprints_agree_exactly_where_nothing_differs(one in any_sale(), other in any_sale()) {
        let alike = first_difference(&one, &other).is_none();
        prop_assert_eq!(fingerprint(&one) == fingerprint(&other), alike);
    }
}
