//! Details join: any order and any number of repeats lead to the same.

use proptest::prelude::*;

use crate::money::{Currency, Money};
use crate::payment::details::{
    Asset, Condition, ConditionStatus, Details, Entry, Holder, ReceiptText,
};

fn word() -> impl Strategy<Value = Box<str>> {
    prop_oneof!["a", "b", "c"].prop_map(Into::into)
}

fn entry() -> impl Strategy<Value = Entry> {
    prop_oneof![Just(Entry::Contactless), Just(Entry::Chip), Just(Entry::Code)]
}

fn asset() -> impl Strategy<Value = Asset> {
    (word(), proptest::option::of((0_i64..3, any::<bool>()))).prop_map(|(kind, amount)| {
        let money = |(minor, euro): (i64, bool)| {
            let currency = if euro { Currency::EUR } else { Currency::NZD };
            Money::from_minor(minor, currency).unwrap()
        };
        Asset { kind, amount: amount.map(money) }
    })
}

fn receipt() -> impl Strategy<Value = ReceiptText> {
    let holder = prop_oneof![Just(Holder::Customer), Just(Holder::Merchant)];
    (holder, word()).prop_map(|(holder, text)| ReceiptText { holder, text })
}

fn condition() -> impl Strategy<Value = Condition> {
    let status = prop_oneof![
        Just(ConditionStatus::AwaitingTill),
        Just(ConditionStatus::Accepted),
        Just(ConditionStatus::Declined)
    ];
    (word(), word(), word(), status).prop_map(|(id, name, message, status)| Condition {
        id,
        name,
        message,
        status,
    })
}

fn details() -> impl Strategy<Value = Details> {
    let names = (
        proptest::option::of(word()),
        proptest::option::of(word()),
        proptest::option::of(word()),
        proptest::option::of(entry()),
    );
    let lists = (
        proptest::collection::vec(asset(), 0..3),
        proptest::collection::vec(receipt(), 0..3),
        proptest::collection::vec(condition(), 0..3),
    );
    (names, lists, any::<[bool; 3]>()).prop_map(
        |(names, lists, [capture_failed, part_left, released])| {
            let (transaction, short_code, url, entry) = names;
            let (assets, receipts, conditions) = lists;
            Details {
                transaction,
                short_code,
                url,
                entry,
                assets,
                receipts,
                conditions,
                capture_failed,
                released,
                part_left,
            }
        },
    )
}

fn joined<'a>(seen: impl IntoIterator<Item = &'a Details>) -> Details {
    seen.into_iter().fold(Details::default(), |mut known, seen| {
        known.join(seen);
        known
    })
}

proptest! {
    #[test]
    fn any_order_and_any_repeats_lead_to_the_same(
        seen in proptest::collection::vec(details(), 0..5),
    ) {
        let straight = joined(&seen);
        prop_assert_eq!(&straight, &joined(seen.iter().rev()));
        prop_assert_eq!(&straight, &joined(seen.iter().chain(&seen)));
    }
}

#[test]
fn an_answered_condition_stays_answered() {
    let condition = |status| Details {
        conditions: vec![Condition {
            id: "c-1".into(),
            name: "photo-id".into(),
            message: "Check the photo".into(),
            status,
        }],
        ..Details::default()
    };
    let seen = [condition(ConditionStatus::Accepted), condition(ConditionStatus::AwaitingTill)];
    assert_eq!(joined(&seen), condition(ConditionStatus::Accepted));
}
